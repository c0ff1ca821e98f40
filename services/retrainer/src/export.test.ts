import { createHash } from 'node:crypto';
import type { Dataset } from '@nse/data';
import { randomWeights } from '@nse/export';
import { type Bus, newEvent } from '@nse/messaging';
import { type Client, type messages, toStruct } from '@nse/rpc';
import { readSafetensors, writeSafetensors } from '@nse/safetensors';
import { decodeArchitecture, macroNetwork } from '@nse/space';
import { parseSpec, poolOf, retrainedPool } from '@nse/spec';
import { logger } from '@nse/telemetry';
import { finishedWeights, RANGES } from './finished-weights.js';
import { describeModel } from './model.js';
import { retrainTaskId } from './task.js';
import { ServedRetrainer } from './testing/served-retrainer.js';

const log = logger('tests', { write: () => undefined });
const fields = {
  name: 'exports',
  seed: 7,
  dataset: { kind: 'fashion-mnist' },
  network: { plan: 'NR', depths: [0, 1, 0, 0, 0], widths: [8, 8, 16, 24, 32], stemStride: 2 },
  constraint: { macs: { target: 2e6, drift: 0.5e6 } },
  retrain: { activation: 'swish', squeezeExcitation: true },
};
const spec = parseSpec(fields);
const network = macroNetwork(spec.network);
const pool = poolOf(spec);
const code = network.cells.map(({ identity }) => (identity ? '-' : '3,9')).join('.');
const architecture = decodeArchitecture(code, network, pool);
const described = { spec, network, pool, architecture };

/** Training images with all numbers the same. */
const grey = {
  count: 3,
  read: (indices: Int32Array) =>
    Promise.resolve({
      images: new Float32Array(indices.length * 28 * 28).fill(0.5),
      labels: new Int32Array(indices.length),
      count: indices.length,
    }),
};
const classes = Array.from({ length: 10 }, (_, index) => `class ${index}`);
const dataset: Dataset = {
  classes,
  imageSize: 28,
  channels: 1,
  train: grey,
  heldOut: grey,
  test: grey,
  origin: 'made for this test',
};
const measured = { dataset, normalisation: { mean: [0.25], deviation: [0.5] }, testAccuracy: 0.875 };

let served: ServedRetrainer;
let bus: Bus;
let client: Client<'Retrainer'>;

beforeAll(async () => {
  served = await ServedRetrainer.start(log);
  ({ bus, client } = served);
  await store('done', await weightsFile());
  const { metadata, tensors } = readSafetensors(await weightsFile());
  await store('old', writeSafetensors(tensors, {}));
  await store('changed', writeSafetensors(shifted(tensors), metadata));
  await bus.publish(
    newEvent('search.created', { search: 'done', name: spec.name, rounds: 2, spec }, 'tests'),
  );
});

afterAll(() => served.stop());

/** As a worker leaves it, but for the training. */
async function weightsFile(): Promise<Uint8Array> {
  const input = { network, pool: retrainedPool(pool, spec.retrain), architecture };
  const trained = writeSafetensors(randomWeights({ ...input, seed: 1 }));
  return await finishedWeights(trained, described, measured, new AbortController().signal);
}

function shifted(tensors: ReturnType<typeof readSafetensors>['tensors']) {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => x * 1.5) }]),
  );
}

async function store(search: string, weights: Uint8Array): Promise<void> {
  const id = retrainTaskId(search, 'chosen');
  const of = { search, stage: 'retrain', round: 0 };
  const tasks = await bus.states('NSE_TASKS', (value) => value);
  const runs = await bus.states('NSE_RUNS', (value) => value);
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const value = {
    code,
    params: 5,
    macs: 6,
    testAccuracy: measured.testAccuracy,
    weights: await bus.artifacts.put(`${id}/model.safetensors`, weights),
    architecture: await bus.artifacts.put(
      `${id}/architecture.json`,
      json(describeModel(described, measured)),
    ),
    curve: await bus.artifacts.put(`${id}/curve.json`, json([])),
    seconds: 3,
  };
  await tasks.create(id, { service: 'retrainer', of, replicas: 1, input: {} });
  await runs.create(`${id}.0`, { attempt: 1, owner: 'tests', result: { value } });
}

async function filesOf(
  pieces: AsyncIterable<messages.DownloadModelResponse__Output>,
): Promise<Map<string, Buffer>> {
  const parts: { file: messages.ModelFile__Output; chunks: Buffer[] }[] = [];
  for await (const { file, chunk } of pieces) {
    if (file) parts.push({ file, chunks: [] });
    else if (chunk) parts.at(-1)!.chunks.push(Buffer.from(chunk));
  }
  return new Map(
    parts.map(({ file, chunks }) => {
      const content = Buffer.concat(chunks);
      const sha256 = createHash('sha256').update(content).digest('hex');
      expect([file.bytes, file.sha256]).toEqual([content.length, sha256]);
      return [file.name, content];
    }),
  );
}

type Format = messages.ModelFormat;
const formats: readonly (readonly [Format, readonly string[]])[] = [
  ['MODEL_FORMAT_SAFETENSORS', ['architecture.json', 'model.safetensors']],
  ['MODEL_FORMAT_ONNX', ['model.onnx']],
  ['MODEL_FORMAT_TFLITE', ['model.tflite']],
  ['MODEL_FORMAT_TFLITE_INT8', ['model-int8.tflite']],
  ['MODEL_FORMAT_PYTORCH', ['model.py', 'model.safetensors']],
];

describe('a trained model', () => {
  it.each(formats)('is downloaded as %s: whole, labelled, with its normalisation', async (format, names) => {
    const files = await filesOf(client.downloadModel({ search: 'done', format }));
    expect([...files.keys()]).toEqual(names);
    const text = Buffer.concat([...files.values()]).toString('latin1');
    // The stored files are the same for every search of their spec.
    const origin = format === 'MODEL_FORMAT_SAFETENSORS' ? [] : ['of search done'];
    const facts = ['class 9', '0.25', code, '87.50 %', ...origin];
    expect(facts.filter((fact) => !text.includes(fact))).toEqual([]);
    expect([...(await filesOf(client.downloadModel({ search: 'done', format }))).values()]).toEqual([
      ...files.values(),
    ]);
  });

  it('is downloaded as it is stored where no format is asked for', async () => {
    const files = await filesOf(client.downloadModel({ search: 'done' }));
    expect(files.get('model.safetensors')?.equals(await weightsFile())).toBe(true);
    const { metadata } = readSafetensors(files.get('model.safetensors')!);
    expect(JSON.parse(metadata[RANGES] ?? '')).toMatchObject({ ranges: { images: [0.5, 0.5] } });
    expect(metadata).toMatchObject({ testAccuracy: '0.875', trained: 'true' });
    expect(metadata).not.toHaveProperty('search');
  });

  it('of before comes in every format but int8, which says what to do', async () => {
    expect([
      ...(await filesOf(client.downloadModel({ search: 'old', format: 'MODEL_FORMAT_ONNX' }))).keys(),
    ]).toEqual(['model.onnx']);
    for (const [search, code] of [
      ['old', 'INVALID_ARGUMENT'],
      ['changed', 'FAILED_PRECONDITION'],
    ] as const) {
      await expect(
        filesOf(client.downloadModel({ search, format: 'MODEL_FORMAT_TFLITE_INT8' })),
      ).rejects.toMatchObject({ code, field: 'format', message: expect.stringContaining('train') as string });
    }
  });

  it('is refused in a format that there is not', async () => {
    const request = { search: 'done', format: 99 as unknown as Format };
    const refused = { code: 'INVALID_ARGUMENT', field: 'format' };
    await expect(filesOf(client.downloadModel(request))).rejects.toMatchObject(refused);
    await expect(filesOf(client.exportArchitecture({ ...request, code }))).rejects.toMatchObject(refused);
  });
});

describe('an architecture that is not trained', () => {
  it.each(formats.filter(([format]) => format !== 'MODEL_FORMAT_TFLITE_INT8'))(
    'is exported as %s, and says so',
    async (format, names) => {
      const files = await filesOf(client.exportArchitecture({ search: 'done', code, format }));
      expect([...files.keys()]).toEqual(names);
      const text = Buffer.concat([...files.values()]).toString('latin1');
      expect([/not trained|"trained": false/.test(text), text.includes('testAccuracy')]).toEqual([
        true,
        false,
      ]);
    },
  );

  it('has weights that follow from the seed alone, the spec being the search’s or one that is given', async () => {
    const weights = async (request: messages.ExportArchitectureRequest) => {
      const files = await filesOf(client.exportArchitecture({ code, ...request }));
      return readSafetensors(files.get('model.safetensors')!).tensors;
    };
    const own = await weights({ search: 'done' });
    expect(await weights({ spec: toStruct(fields) })).toEqual(own);
    expect(await weights({ search: 'done', seed: 7 })).toEqual(own);
    expect(await weights({ search: 'done', seed: 8 })).not.toEqual(own);
  });

  it('is refused with every wrong cell, for int8, for two specs or none, and for a search that is not there', async () => {
    const refused = (request: messages.ExportArchitectureRequest) =>
      filesOf(client.exportArchitecture({ search: 'done', code, ...request })).catch(
        (error: unknown) => error,
      );
    const wrong = code.split('.').with(0, 'x').with(2, '99').join('.');
    expect(await refused({ code: wrong })).toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field: 'code.cells[0]' }, { field: 'code.cells[2]' }],
    });
    const invalid = { code: 'INVALID_ARGUMENT' };
    expect(await refused({ format: 'MODEL_FORMAT_TFLITE_INT8' })).toMatchObject({
      ...invalid,
      field: 'format',
    });
    expect(await refused({ spec: toStruct(fields) })).toMatchObject({ ...invalid, field: 'spec' });
    expect(await refused({ search: '' })).toMatchObject({ ...invalid, field: 'search' });
    expect(await refused({ search: 'none' })).toMatchObject({ code: 'NOT_FOUND', field: 'search' });
    const faulty = toStruct({ ...fields, pool: 'none' });
    expect(await refused({ search: '', spec: faulty })).toMatchObject({ ...invalid, field: 'pool' });
  });
});
