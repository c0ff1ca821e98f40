import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromStruct, toStruct, type messages } from '@nse/rpc';
import { parse } from 'yaml';
import { jsonLines, nse } from '../testing/command.js';
import { Served } from '../testing/served.js';
import { pointOf, retrainingOver, roundOf, searchOver } from '../testing/small-search.js';

let served: Served;
let folder: string;
const asked: Record<string, unknown> = {};

const score = { code: '0', cost: 2e6, macs: 2e6, accuracy: 0.5, loss: 1.25 };
const evaluation = (changes: messages.ArchitectureEvaluation): messages.ArchitectureEvaluation => ({
  search: 'small',
  id: 'e1',
  round: 2,
  state: 'TASK_STATE_RUNNING',
  total: 2,
  ...changes,
});
const retraining: messages.Retraining = { ...retrainingOver, id: 'r1', code: '6', random: null };
const content = Buffer.from('{}');
const sha256 = createHash('sha256').update(content).digest('hex');
const table = { unit: 'ms', columns: ['hw', 'exec_time'], rows: [[[7, 7], 0.5]] };

/** A request, kept for the test to look at. */
function note<T>(name: string, request: T): T {
  asked[name] = request;
  return request;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nse-results-'));
  served = await Served.start({
    spaceManager: {
      getSearch: () => Promise.resolve(searchOver()),
      getFront: ({ round }) => Promise.resolve({ round: round || 2, front: [pointOf(round || 2)] }),
      listRounds: () => Promise.resolve({ rounds: [roundOf(1), roundOf(2)] }),
      getSpace: (request) => {
        const cells = [{ kind: 'N', kept: [0], dropped: [1], pending: [2], tried: [1] }];
        const { round } = note('space', request);
        return Promise.resolve({ search: 'small', round, pool: 'mac27', operations: ['a', 'b', 'c'], cells });
      },
      describeArchitecture: ({ code }) =>
        Promise.resolve({
          code,
          macs: 3e6,
          params: 2_000,
          cost: 3e6,
          cells: [
            {
              kind: 'N',
              inChannels: 8,
              outChannels: 8,
              sizeIn: 28,
              sizeOut: 14,
              identity: true,
              branches: [
                { operation: 3, name: 'MBConv k3 t3', layers: [{ name: 'expand', kernel: [1, 1] }] },
              ],
            },
          ],
        }),
    },
    fitnessEvaluator: {
      evaluateArchitectures: (request) => {
        note('evaluate', request);
        return Promise.resolve(evaluation({ id: request.codes[0] === 'bad' ? 'bad' : 'e1' }));
      },
      watchArchitectureEvaluation: async function* ({ id }) {
        await Promise.resolve();
        yield evaluation({ id, scored: 1 });
        const failure = { stage: 'evaluate', reason: 'no weights' };
        if (id === 'bad') yield evaluation({ id, state: 'TASK_STATE_FAILED', failure });
        else yield evaluation({ id, state: 'TASK_STATE_SUCCEEDED', scored: 2, scores: [score, score] });
      },
    },
    retrainer: {
      startRetraining: (request) => {
        note('retrain', request);
        return Promise.resolve({ search: 'small', id: 'r1', state: 'TASK_STATE_PENDING' });
      },
      watchRetraining: async function* () {
        await Promise.resolve();
        yield { progress: { search: 'small', stage: 'retrain', step: 4, steps: 4 } };
        yield { retraining };
      },
      downloadModel: async function* (request) {
        await Promise.resolve();
        note('download', request);
        yield { file: { name: 'architecture.json', bytes: 2, sha256 } };
        yield { chunk: content };
      },
      exportArchitecture: async function* (request) {
        await Promise.resolve();
        note('export', request);
        yield { file: { name: 'model.onnx', bytes: 2, sha256 } };
        yield { chunk: content };
      },
    },
    latencyProfiler: {
      importTable: ({ name, table: given }) => {
        note('import', fromStruct(given));
        return Promise.resolve({ name, unit: 'ms', entries: 1, kind: 'TABLE_KIND_LAYERS' });
      },
      listTables: ({ pageToken }) =>
        Promise.resolve({
          tables: [{ name: pageToken === '' ? 'a' : 'b', unit: 'ms', entries: 1 }],
          nextPageToken: pageToken === '' ? 'more' : '',
        }),
      getTable: ({ name }) =>
        Promise.resolve({ table: { name, unit: 'ms', entries: 1 }, content: toStruct(table) }),
      lookUp: (request) => {
        note('lookup', request);
        return Promise.resolve({ latency: 4.5, unit: 'ms' });
      },
    },
  });
});
afterAll(async () => {
  await served.stop();
  rmSync(folder, { recursive: true });
});

const run = (...args: string[]) => nse([...args, '--endpoints', served.endpointsFile]);
const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout) as unknown;

describe('the results of a search', () => {
  it('are its front, after the last round or an earlier one', async () => {
    expect(await json('front', 'small')).toMatchObject({ round: 2, front: [{ accuracy: 0.7, round: 2 }] });
    expect((await run('front', 'small')).stdout).toMatch(/70\.00 %[^\n]* new /);
    expect((await run('front', 'small', '--round', '1')).stdout).toMatch(/60\.00 %/);
  });

  it('are its space, as a map', async () => {
    expect((await run('space', 'small', '--round', '1')).stdout).toContain(' 0 N |#x-|');
    expect(asked['space']).toMatchObject({ search: 'small', round: 1 });
    expect(await json('space', 'small')).toMatchObject({ cells: [{ kind: 'N', kept: [0], tried: [1] }] });
  });

  it('are its history', async () => {
    expect((await run('history', 'small')).stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(await json('history', 'small')).toMatchObject([
      { round: 1 },
      { round: 2, seconds: { train: 20 } },
    ]);
  });

  it('are models to download, the chosen one or one that was asked for', async () => {
    const path = join(folder, 'architecture.json');
    const files = await json('model', 'download', 'small', '--out', folder, '--retraining', 'r1');
    expect(files).toEqual([{ name: 'architecture.json', path, bytes: 2, sha256 }]);
    expect(asked['download']).toMatchObject({ search: 'small', retraining: 'r1' });
    expect(readFileSync(path, 'utf8')).toBe('{}');
    expect((await run('model', 'download', 'small', '--out', folder)).stdout).toBe(`${path}\n`);
    expect((await run('model', 'download', 'small', '--random', '--retraining', 'r1')).code).toBe(2);
  });
});

describe('nse arch', () => {
  it('describes a code cell by cell, and layer by layer on request', async () => {
    const { stdout } = await run('arch', 'describe', 'small', '3');
    expect(stdout).toMatch(/3\.00 M MACs, 2\.00 k parameters/);
    expect(stdout).toMatch(/0 {2}N +8 +28->14 .* identity\n +3 MBConv k3 t3\n/);
    expect(stdout).not.toContain('expand');
    expect((await run('arch', 'describe', 'small', '3', '--layers')).stdout).toContain('expand');
    expect(await json('arch', 'describe', 'small', '3')).toMatchObject({ code: '3', cells: [{ kind: 'N' }] });
  });

  it('evaluates architectures and waits for their scores', async () => {
    const { code, stdout } = await run('arch', 'evaluate', 'small', '0', '3', '--round', '2');
    expect(asked['evaluate']).toMatchObject({ search: 'small', codes: ['0', '3'], round: 2 });
    expect(code).toBe(0);
    expect(stdout).toMatch(/ACCURACY[^]*50\.00 % +1\.2500 +2\.00 M +0\n/);
    const lines = jsonLines((await run('arch', 'evaluate', 'small', '0', '--json')).stdout);
    expect(lines).toMatchObject([{ state: 'TASK_STATE_RUNNING' }, { state: 'TASK_STATE_SUCCEEDED' }]);
  });

  it('ends with 5 where an evaluation fails', async () => {
    const { code, stderr } = await run('arch', 'evaluate', 'small', 'bad');
    expect([code, stderr]).toEqual([5, 'nse: the evaluation failed: no weights\n']);
  });

  it('retrains an architecture, and says how to get its files', async () => {
    const { code, stdout } = await run('arch', 'retrain', 'small', '6', '--seed', '4');
    expect(asked['retrain']).toMatchObject({ search: 'small', code: '6', seed: 4 });
    expect(code).toBe(0);
    expect(stdout).toMatch(/test accuracy: 90\.00 %[^]*model download small --retraining r1/);
    const lines = jsonLines((await run('arch', 'retrain', 'small', '6', '--json')).stdout);
    expect(lines).toMatchObject([{ progress: { step: 4 } }, { retraining: { id: 'r1' } }]);
    expect(asked['retrain']).not.toHaveProperty('seed');
  });

  it('exports one that is not trained, in a format, and says so', async () => {
    const out = join(folder, 'exported');
    const args = ['arch', 'export', 'small', '6', '--format', 'onnx', '--out', out];
    expect((await run(...args, '--seed', '3')).stdout).toBe(
      `${join(out, 'model.onnx')}\nnot trained: fresh weights, to measure the network or to train it elsewhere\n`,
    );
    expect(asked['export']).toMatchObject({
      search: 'small',
      code: '6',
      seed: 3,
      format: 'MODEL_FORMAT_ONNX',
    });
    expect(await json(...args)).toMatchObject([{ name: 'model.onnx', bytes: 2, sha256 }]);
    expect((await run('arch', 'export', 'small', '6', '--format', 'tar')).code).toBe(2);
  });
});

describe('nse table', () => {
  it('imports a file', async () => {
    const file = join(folder, 'table.json');
    writeFileSync(file, JSON.stringify(table));
    expect((await run('table', 'import', 'a', file)).stdout).toMatch(/NAME .*\na +ms +1 +layers +- +- +-\n/);
    expect(asked['import']).toEqual(table);
    writeFileSync(file, '[]');
    expect((await run('table', 'import', 'a', file)).code).toBe(2);
  });

  it('lists every page and shows a table', async () => {
    expect(await json('table', 'list')).toMatchObject([{ name: 'a' }, { name: 'b' }]);
    expect((await run('table', 'get', 'a')).stdout).toMatch(/ hw +exec_time\n *7x7 +0\.5\n$/);
    expect(await json('table', 'get', 'a')).toMatchObject({
      table: { name: 'a', unit: 'ms', entries: 1, trust: null },
      content: table,
    });
  });

  it('looks up, for a search or a spec', async () => {
    expect((await run('table', 'lookup', 'a', '0', '--search', 'small')).stdout).toBe('4.5 ms\n');
    expect(asked['lookup']).toMatchObject({ table: 'a', code: '0', search: 'small' });
    await json('table', 'lookup', 'a', '0', '--preset', 'cifar10');
    expect(fromStruct((asked['lookup'] as messages.LookUpRequest__Output).spec)).toMatchObject({
      name: 'cifar10',
    });
    expect((await run('table', 'lookup', 'a', '0')).code).toBe(2);
  });
});

describe('nse presets and nse pools', () => {
  it('need no system', async () => {
    expect((await nse(['presets'])).stdout).toMatch(/^NAME [^]*\ncifar10 /);
    expect(parse((await nse(['presets', 'cifar10'])).stdout)).toMatchObject({ name: 'cifar10' });
    expect((await nse(['pools', 'mac27'])).stdout).toMatch(/\n +11 {2}MBConv k5 t6\n/);
    expect(JSON.parse((await nse(['pools', '--json'])).stdout)).toHaveLength(3);
    expect(await nse(['presets', 'none'])).toMatchObject({ code: 3, stdout: '' });
  });
});
