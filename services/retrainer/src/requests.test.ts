import { type Bus, type Consumption, newEvent } from '@nse/messaging';
import type { Client, messages } from '@nse/rpc';
import { searchesBucket } from '@nse/service';
import { macroNetwork } from '@nse/space';
import { parseSpec } from '@nse/spec';
import { logger } from '@nse/telemetry';
import { startModelRequests } from './request-work.js';
import { requestTaskId, type RetrainTask, retrainTaskId } from './task.js';
import { ServedRetrainer } from './testing/served-retrainer.js';
import { modelOf, TrainingHere } from './testing/training-here.js';
import { trainModel } from './train-model.js';

const log = logger('tests', { write: () => undefined });
const spec = parseSpec({
  name: 'models',
  seed: 7,
  dataset: { kind: 'fashion-mnist' },
  network: { plan: 'NR', depths: [0, 1, 0, 0, 0], widths: [8, 8, 16, 24, 32] },
  constraint: { macs: { target: 2e6, drift: 0.5e6 } },
});
const cells = macroNetwork(spec.network).cells.length;
const code = Array<string>(cells).fill('3,9').join('.');
const turned = Array<string>(cells).fill('9,3').join('.');

let served: ServedRetrainer;
let bus: Bus;
let client: Client<'Retrainer'>;
let jobs: TrainingHere;
const running: Consumption[] = [];

beforeAll(async () => {
  served = await ServedRetrainer.start(log);
  ({ bus, client } = served);
});

beforeEach(() => {
  jobs = new TrainingHere(bus);
});

afterEach(async () => {
  for (const work of running.splice(0)) await work.stop();
});

afterAll(() => served.stop());

async function createSearch(search: string): Promise<void> {
  const searches = await bus.states(searchesBucket, (value) => value);
  await searches.create(search, { phase: 'SUCCEEDED' });
  await bus.publish(newEvent('search.created', { search, name: spec.name, rounds: 2, spec }, 'tests'));
}

async function startWork(through = bus, by = jobs): Promise<void> {
  running.push(await startModelRequests(through, by));
}

async function watched(search: string, id: string): Promise<messages.RetrainingUpdate__Output[]> {
  const all: messages.RetrainingUpdate__Output[] = [];
  for await (const update of client.watchRetraining({ search, id })) all.push(update);
  return all;
}

/** The retraining once it is over. */
async function ended(search: string, id: string): Promise<messages.Retraining__Output> {
  const last = (await watched(search, id)).at(-1)?.retraining;
  return last!;
}

async function download(search: string, retraining: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  let name = '';
  for await (const { file, chunk } of client.downloadModel({ search, retraining })) {
    if (file) files.set((name = file.name), '');
    else if (chunk) files.set(name, `${files.get(name) ?? ''}${String(chunk)}`);
  }
  return files;
}

describe('a retraining that is asked for', () => {
  it('is taken at once, waits, and is the same one when it is asked for again', async () => {
    await createSearch('taken');
    const first = await client.startRetraining({ search: 'taken', code: turned });
    expect(first).toMatchObject({ search: 'taken', code, state: 'TASK_STATE_PENDING', chosen: null });
    expect(await client.startRetraining({ search: 'taken', code })).toEqual(first);
    expect(await client.startRetraining({ search: 'taken', code, seed: 7 })).toEqual(first);
    expect(await client.getRetraining({ search: 'taken', id: first.id })).toEqual(first);
    const other = await client.startRetraining({ search: 'taken', code, seed: 0 });
    expect(other.id).not.toBe(first.id);
    const { retrainings } = await client.listRetrainings({ search: 'taken' });
    expect(retrainings.map(({ id }) => id)).toEqual([first.id, other.id]);
    expect(requestTaskId('a'.repeat(40), first.id).length).toBeLessThanOrEqual(63);
  });

  it('is as wide as was asked for, and another one than at the width of the search', async () => {
    await createSearch('widths');
    await startWork();
    const own = await client.startRetraining({ search: 'widths', code });
    expect(own.widthScale ?? null).toBeNull();
    const wide = await client.startRetraining({ search: 'widths', code, widthScale: 1.5 });
    expect(wide).toMatchObject({ code, widthScale: 1.5 });
    expect(wide.id).not.toBe(own.id);
    expect((await client.startRetraining({ search: 'widths', code, widthScale: 1.5 })).id).toBe(wide.id);
    await ended('widths', wide.id);
    const scales = jobs.runs.map(({ input }) => (input as RetrainTask).widthScale);
    expect(scales).toContain(1.5);
    for (const wrong of [0, -1, Number.NaN, 17]) {
      const refused = { code: 'INVALID_ARGUMENT', field: 'widthScale' };
      await expect(
        client.startRetraining({ search: 'widths', code, widthScale: wrong }),
      ).rejects.toMatchObject(refused);
    }
  });

  it("is as long as was asked for, with a warm-up of the same share, and the search's own otherwise", async () => {
    await createSearch('lengths');
    await startWork();
    const { epochs, learningRate } = spec.retrain;
    const own = await client.startRetraining({ search: 'lengths', code });
    expect((await client.startRetraining({ search: 'lengths', code, epochs })).id).toBe(own.id);
    const short = await client.startRetraining({ search: 'lengths', code, epochs: 0.5 });
    expect(short.id).not.toBe(own.id);
    await ended('lengths', short.id);
    const inputs = jobs.runs.map(({ input }) => input as RetrainTask);
    const given = inputs.find((input) => input.spec.retrain.epochs === 0.5);
    expect(given?.spec.retrain.learningRate.warmupEpochs).toBeCloseTo(
      (learningRate.warmupEpochs * 0.5) / epochs,
      12,
    );
    for (const wrong of [0, -1, Number.NaN, 1e9]) {
      const refused = { code: 'INVALID_ARGUMENT', field: 'epochs' };
      await expect(client.startRetraining({ search: 'lengths', code, epochs: wrong })).rejects.toMatchObject(
        refused,
      );
    }
  });

  it('is refused with every wrong cell, and for a search that is not there', async () => {
    await createSearch('wrong');
    const cellsOf = code.split('.').with(0, 'x').with(1, '99').join('.');
    await expect(client.startRetraining({ search: 'wrong', code: cellsOf })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [
        { field: 'code.cells[0]', description: expect.any(String) as unknown },
        { field: 'code.cells[1]', description: expect.any(String) as unknown },
      ],
    });
    await expect(client.startRetraining({ search: 'none', code })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'search',
    });
    const refused = { code: 'INVALID_ARGUMENT', field: 'search' };
    await expect(client.startRetraining({ search: 'No Id', code })).rejects.toMatchObject(refused);
    await expect(client.listRetrainings({ search: 'No Id' })).rejects.toMatchObject(refused);
    await expect(client.listRetrainings({ search: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await client.listRetrainings({ search: 'wrong' })).retrainings).toEqual([]);
  });

  it('is NOT_FOUND by an id that none has', async () => {
    await createSearch('unknown');
    for (const id of ['0123456789ab', '../x', '*']) {
      const missing = { code: 'NOT_FOUND', field: 'id' };
      await expect(client.getRetraining({ search: 'unknown', id })).rejects.toMatchObject(missing);
      await expect(watched('unknown', id)).rejects.toMatchObject(missing);
      await expect(download('unknown', id)).rejects.toMatchObject(missing);
    }
    await expect(watched('unknown', '')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is done as the search would do it, with its own seed, and can be downloaded', async () => {
    await createSearch('done');
    const { id } = await client.startRetraining({ search: 'done', code, seed: 5 });
    await expect(download('done', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await startWork();
    const last = await ended('done', id);
    expect(last).toMatchObject({ id, state: 'TASK_STATE_SUCCEEDED', failure: null, random: null });
    expect(last.chosen).toMatchObject({ code, testAccuracy: 0.9, curve: [{ step: 1, loss: 2.5 }] });
    expect(await client.getRetraining({ search: 'done', id })).toEqual(last);
    const files = await download('done', id);
    expect([...files.keys()]).toEqual(['architecture.json', 'model.safetensors']);
    expect(files.get('model.safetensors')).toBe('seed 5');
    await expect(
      client.downloadModel({ search: 'done', retraining: id, role: 'RANDOM' }).next(),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'role' });
    const { retrainings } = await client.listRetrainings({ search: 'done' });
    expect(retrainings[0]).toMatchObject({ ...last, chosen: { ...last.chosen, curve: [] } });
    const run = jobs.runs.find((found) => found.id === requestTaskId('done', id));
    const own = new TrainingHere(bus);
    await trainModel(own, 'done-other', { search: 'done', code, spec: { ...spec, seed: 5 } }, never, 0);
    expect(run).toEqual({ ...own.runs[0], id: requestTaskId('done', id) });
  });

  it('is told of as it goes on: waiting, running, progress of its task alone, the end', async () => {
    await createSearch('live');
    const { id } = await client.startRetraining({ search: 'live', code });
    const seen: string[] = [];
    jobs.endless = true;
    for await (const { retraining, progress } of client.watchRetraining({ search: 'live', id })) {
      if (progress) expect(progress).toMatchObject({ task: requestTaskId('live', id), step: 1, loss: 0.5 });
      else if (retraining) seen.push(retraining.state);
      if (retraining?.state === 'TASK_STATE_PENDING') await startWork();
      if (retraining?.state === 'TASK_STATE_RUNNING') {
        // Stopped in the middle: another process goes on.
        await running.pop()?.stop();
        await startWork(bus, new TrainingHere(bus));
      }
    }
    expect(seen).toEqual(['TASK_STATE_PENDING', 'TASK_STATE_RUNNING', 'TASK_STATE_SUCCEEDED']);
  });

  it('that fails for good says why, does not fail the search, and may be asked for again', async () => {
    await createSearch('fails');
    jobs.outcome = { kind: 'failed', reason: 'no memory', attempts: 3 };
    const { id } = await client.startRetraining({ search: 'fails', code });
    await startWork();
    const last = await ended('fails', id);
    expect(last).toMatchObject({ state: 'TASK_STATE_FAILED', failure: { stage: 'retrain', round: 0 } });
    expect(last.failure?.reason).toContain('no memory');
    jobs.outcome = undefined;
    expect((await client.startRetraining({ search: 'fails', code })).id).toBe(id);
    expect(await ended('fails', id)).toMatchObject({ state: 'TASK_STATE_SUCCEEDED', failure: null });
    expect((await client.listRetrainings({ search: 'fails' })).retrainings).toHaveLength(1);
    for await (const { id: failure } of bus.replay({
      search: 'fails',
      types: ['task.failed'],
      follow: false,
    })) {
      throw new Error(`the search must not fail: ${failure}`);
    }
  });

  it('is not begun in a deleted search, and stops where one is deleted in the middle', async () => {
    const searches = await bus.states(searchesBucket, (value) => value);
    for (const search of ['gone', 'going']) await createSearch(search);
    await client.startRetraining({ search: 'gone', code });
    await searches.delete('gone');
    const { id } = await client.startRetraining({ search: 'going', code });
    jobs.endless = true;
    await startWork();
    const stream = client.watchRetraining({ search: 'going', id });
    const rest = async () => {
      for await (const { retraining } of stream) {
        if (retraining?.state !== 'TASK_STATE_RUNNING') continue;
        const { revision } = (await searches.get('going'))!;
        await searches.update('going', { phase: 'DELETING' }, revision);
        await bus.forget('going');
        await bus.publish(newEvent('search.deleted', { search: 'going' }, 'tests'));
      }
    };
    await expect(rest()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await running.pop()?.stop();
    expect(jobs.runs.map((run) => run.of.search)).toEqual(['going']);
    for await (const { type } of bus.replay({ search: 'going', follow: false })) {
      expect(type).toBe('search.deleted');
    }
  });
});

const never = new AbortController().signal;

describe("a search's own retraining", () => {
  it('is watched until both models are trained, and listed first', async () => {
    await createSearch('own');
    const asked = await client.startRetraining({ search: 'own', code });
    const tasks = await bus.states('NSE_TASKS', (value) => value);
    const records = await bus.states('NSE_RUNS', (value) => value);
    const of = { search: 'own', stage: 'retrain', round: 0 } as const;
    const input = { search: 'own', code, spec };
    const ids = [retrainTaskId('own', 'chosen'), retrainTaskId('own', 'random')];
    for (const id of ids) await tasks.create(id, { service: 'retrainer', of, replicas: 1, input });
    const done = async (id: string) => {
      const value = await modelOf(bus, id, input);
      await records.create(`${id}.0`, { attempt: 1, owner: 'tests', result: { value } });
    };
    const seen: (readonly [string | undefined, boolean, boolean])[] = [];
    for await (const { retraining } of client.watchRetraining({ search: 'own' })) {
      const { state, chosen, random } = retraining!;
      seen.push([state, chosen !== null, random !== null]);
      await done(ids[seen.length - 1] ?? '').catch(() => undefined);
    }
    expect(seen).toEqual([
      ['TASK_STATE_PENDING', false, false],
      ['TASK_STATE_PENDING', true, false],
      ['TASK_STATE_SUCCEEDED', true, true],
    ]);
    const { retrainings } = await client.listRetrainings({ search: 'own' });
    expect(retrainings.map(({ id }) => id)).toEqual(['', asked.id]);
    expect(retrainings[0]).toMatchObject({ code, chosen: { code } });
  });
});
