import { createHash, randomBytes } from 'node:crypto';
import { type Bus, newEvent } from '@nse/messaging';
import type { Client } from '@nse/rpc';
import { logger } from '@nse/telemetry';
import { type RetrainResult, retrainTaskId, type Role } from './task.js';
import { ServedRetrainer } from './testing/served-retrainer.js';

const log = logger('tests', { write: () => undefined });

let served: ServedRetrainer;
let bus: Bus;
let client: Client<'Retrainer'>;

beforeAll(async () => {
  served = await ServedRetrainer.start(log);
  ({ bus, client } = served);
});

afterAll(() => served.stop());

/** Notes a task as `@nse/jobs` does when it is begun, and with a result when a worker has finished it. */
async function note(search: string, role: Role, result?: RetrainResult): Promise<void> {
  const id = retrainTaskId(search, role);
  const of = { search, stage: 'retrain', round: 0 };
  const tasks = await bus.states('NSE_TASKS', (value) => value);
  const runs = await bus.states('NSE_RUNS', (value) => value);
  if ((await tasks.get(id)) === undefined) {
    await tasks.create(id, { service: 'retrainer', of, replicas: 1, input: {} });
  }
  if (result === undefined) return;
  await runs.create(`${id}.0`, { attempt: 2, owner: 'tests', result: { value: result } });
}

async function resultOf(search: string, role: Role, weights: Uint8Array): Promise<RetrainResult> {
  const id = retrainTaskId(search, role);
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  return {
    code: role === 'chosen' ? '1.2' : '3.4',
    params: 5,
    macs: 6,
    testAccuracy: 0.9,
    weights: await bus.artifacts.put(`${id}/model.safetensors`, weights),
    architecture: await bus.artifacts.put(`${id}/architecture.json`, json({ role })),
    curve: await bus.artifacts.put(
      `${id}/curve.json`,
      json([
        { step: 10, loss: 2.5 },
        { step: 20, loss: null },
      ]),
    ),
    seconds: 3,
  };
}

async function download(search: string, role?: 'RANDOM'): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer[]>();
  let chunks: Buffer[] = [];
  const pieces = client.downloadModel({ search, ...(role === undefined ? {} : { role }) });
  for await (const { file, chunk } of pieces) {
    if (file) files.set(file.name, (chunks = []));
    else if (chunk) chunks.push(Buffer.from(chunk));
  }
  return new Map([...files].map(([name, parts]) => [name, Buffer.concat(parts)]));
}

describe('the retraining of a search', () => {
  it('is not there before the rounds are over', async () => {
    await expect(client.getRetraining({ search: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(client.getRetraining({ search: '' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('is done when both models are', async () => {
    const search = 'both';
    await note(search, 'chosen');
    await note(search, 'random');
    expect(await client.getRetraining({ search })).toMatchObject({
      state: 'TASK_STATE_PENDING',
      chosen: null,
    });
    await note(search, 'chosen', await resultOf(search, 'chosen', randomBytes(10)));
    const half = await client.getRetraining({ search });
    expect(half.state).not.toBe('TASK_STATE_SUCCEEDED');
    expect(half).toMatchObject({ chosen: { code: '1.2' }, random: null, failure: null });
    await note(search, 'random', await resultOf(search, 'random', randomBytes(10)));
    const whole = await client.getRetraining({ search });
    expect(whole).toMatchObject({ state: 'TASK_STATE_SUCCEEDED', random: { code: '3.4', seconds: 3 } });
    expect(whole.chosen?.curve.map(({ step, loss }) => [step, loss])).toEqual([
      [10, 2.5],
      [20, undefined],
    ]);
  });

  it('is done with the chosen model alone where no other was asked for', async () => {
    await note('alone', 'chosen', await resultOf('alone', 'chosen', randomBytes(10)));
    const { state, random } = await client.getRetraining({ search: 'alone' });
    expect([state, random]).toEqual(['TASK_STATE_SUCCEEDED', null]);
  });

  it('has failed once the service gave up', async () => {
    await note('given-up', 'chosen');
    const failed = {
      search: 'given-up',
      stage: 'retrain',
      round: 0,
      reason: 'no memory',
      attempts: 1,
    } as const;
    await bus.publish(newEvent('task.failed', failed, 'tests'));
    expect(await client.getRetraining({ search: 'given-up' })).toMatchObject({
      state: 'TASK_STATE_FAILED',
      failure: { stage: 'retrain', reason: 'no memory' },
    });
  });
});

describe('a download', () => {
  it('brings both files whole, in chunks, each with its size and checksum first', async () => {
    const weights = randomBytes(700_001);
    await note('files', 'chosen', await resultOf('files', 'chosen', weights));
    const files = await download('files');
    expect([...files.keys()]).toEqual(['architecture.json', 'model.safetensors']);
    expect(files.get('model.safetensors')?.equals(weights)).toBe(true);
    expect(JSON.parse(String(files.get('architecture.json')))).toEqual({ role: 'chosen' });
    const sizes: number[] = [];
    for await (const { file, chunk } of client.downloadModel({ search: 'files' })) {
      if (file?.name === 'model.safetensors') {
        expect(file.bytes).toBe(weights.length);
        expect(file.sha256).toBe(createHash('sha256').update(weights).digest('hex'));
      }
      if (chunk) sizes.push(chunk.length);
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * 1024);
    expect(sizes.length).toBe(4);
  });

  it('brings the random model where that is asked for', async () => {
    await note('other', 'chosen', await resultOf('other', 'chosen', randomBytes(10)));
    await note('other', 'random', await resultOf('other', 'random', Buffer.from('random')));
    expect(String((await download('other', 'RANDOM')).get('model.safetensors'))).toBe('random');
  });

  it('is refused before the model is trained', async () => {
    await note('untrained', 'chosen');
    await expect(download('untrained')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(download('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
