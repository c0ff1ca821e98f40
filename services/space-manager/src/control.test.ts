import { newEvent } from '@nse/messaging';
import { Served } from './testing/served.js';
import { artifact, roundRecord, searchState } from './testing/search.js';

let served: Served;
let client: Served['client'];

beforeAll(async () => {
  served = await Served.start();
  client = served.client;
});

afterAll(() => served.stop());

/** What a trainer would report of the search's first round. */
function trained(search: string) {
  const { space, spec } = searchState(search);
  const none = space.subsets.map(() => []);
  const logits = space.subsets.map((subset) => subset.map(() => 0));
  const parts = { spec, weights: artifact, subsets: space.subsets, logits, pruned: none, oldFront: [] };
  const data = { search, round: 1, rounds: 2, ...parts, curve: artifact, carried: artifact, seconds: 1 };
  return newEvent('supernet.trained', data, 'tests');
}

const failed = (search: string, resumes = 0) =>
  newEvent(
    'task.failed',
    { search, stage: 'train', round: 1, reason: 'no memory', attempts: 3, resumes },
    'tests',
  );

/** Waits until the search is as asked; a change that never comes is the test's time limit. */
async function until(search: string, reached: (found: { phase: string; stage: string }) => boolean) {
  for await (const state of served.store.watch(search, new AbortController().signal)) {
    if (reached(state)) return state;
  }
  throw new Error(`${search} is gone`);
}

describe('a paused search', () => {
  it('is told of, and goes on when it is resumed; each may be asked for twice', async () => {
    await served.create('halted');
    const search = 'halted';
    const twice = (call: () => Promise<unknown>) => call().then(call);
    expect(await twice(() => client.pauseSearch({ search }))).toMatchObject({ phase: 'PAUSED', resumes: 0 });
    expect(await twice(() => client.resumeSearch({ search }))).toMatchObject({
      phase: 'RUNNING',
      resumes: 1,
    });
    await client.pauseSearch({ search: 'halted' });
    await client.resumeSearch({ search: 'halted' });
    expect(await served.eventsOf('halted')).toEqual([
      'halted/0/search.created',
      'halted/1/round.prepared',
      'halted/0/search.paused',
      'halted/1/train/resume-1/search.resumed',
      'halted/0/resume-1/search.paused',
      'halted/1/train/resume-2/search.resumed',
    ]);
  });

  it('keeps what was done while it was being halted', async () => {
    await served.create('late');
    await client.pauseSearch({ search: 'late' });
    await served.bus.publish(trained('late'));
    expect(await until('late', ({ stage }) => stage === 'evaluate')).toMatchObject({ phase: 'PAUSED' });
    await client.resumeSearch({ search: 'late' });
    expect((await served.eventsOf('late')).at(-1)).toBe('late/1/evaluate/resume-1/search.resumed');
  });
});

describe('a failed search', () => {
  it('goes on when it is resumed, may fail again, and is not failed by what is past', async () => {
    await served.create('poor');
    await served.bus.publish(failed('poor'));
    await until('poor', ({ phase }) => phase === 'FAILED');
    expect(await client.resumeSearch({ search: 'poor' })).toMatchObject({ phase: 'RUNNING', failure: null });
    // Of the same failure, reported by another process: it happened before the resume.
    await served.bus.publish({ ...failed('poor'), id: 'poor/again' });
    await served.bus.publish(failed('poor', 1));
    await until('poor', ({ phase }) => phase === 'FAILED');
    const { failure } = await client.getSearch({ search: 'poor' });
    expect(failure).toMatchObject({ reason: 'no memory' });
    expect((await served.eventsOf('poor')).filter((id) => id.endsWith('search.failed'))).toEqual([
      'poor/1/train/search.failed',
      'poor/1/train/resume-1/search.failed',
    ]);
  });

  it('takes up facts whose handling had failed', async () => {
    await served.bus.publish(trained('deaf'));
    // Reported before the search was there: the event was left alone, as one whose handling failed would be.
    await until('poor', () => true);
    await served.store.create(searchState('deaf', { phase: 'PAUSED' }));
    await client.resumeSearch({ search: 'deaf' });
    await until('deaf', ({ stage }) => stage === 'evaluate');
  });
});

describe('a cancelled search', () => {
  it('stays where it is, whatever is reported', async () => {
    await served.create('ended');
    expect(await client.cancelSearch({ search: 'ended' })).toMatchObject({ phase: 'CANCELLED' });
    expect(await client.cancelSearch({ search: 'ended' })).toMatchObject({ phase: 'CANCELLED' });
    await served.bus.publish(trained('ended'));
    await served.create('fence');
    await served.bus.publish(trained('fence'));
    await until('fence', ({ stage }) => stage === 'evaluate');
    expect(await client.getSearch({ search: 'ended' })).toMatchObject({ phase: 'CANCELLED', stage: 'train' });
    await expect(client.resumeSearch({ search: 'ended' })).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      field: 'search',
    });
  });

  it('ends whoever watches it', async () => {
    await served.create('watched');
    const phases: string[] = [];
    for await (const { search } of client.watchSearch({ search: 'watched' })) {
      if (!search) continue;
      phases.push(search.phase);
      if (search.phase === 'RUNNING') await client.pauseSearch({ search: 'watched' });
      if (search.phase === 'PAUSED') await client.cancelSearch({ search: 'watched' });
    }
    expect(phases).toEqual(['RUNNING', 'PAUSED', 'CANCELLED']);
  });
});

describe('a deleted search', () => {
  it('leaves one event, and nothing else of all that it had', async () => {
    const id = 'gone';
    await served.create(id);
    await served.create('gone-r1');
    for (const search of [id, 'gone-r1']) {
      const tasks = await served.bus.states('NSE_TASKS', (value) => value);
      const runs = await served.bus.states('NSE_RUNS', (value) => value);
      const task = `${search}-r1-train`;
      const of = { search, stage: 'train', round: 1 };
      await tasks.create(task, { service: 'supernet-trainer', of, replicas: 1, input: {} });
      await runs.create(`${task}.0`, { attempt: 1, owner: 'tests' });
      await served.bus.artifacts.put(`${task}/weights.safetensors`, Buffer.from('w'));
      await served.bus.artifacts.put(`${task}.0.checkpoint-1-5`, Buffer.from('c'));
    }
    await served.store.addRound(roundRecord(id, 1));
    await expect(client.deleteSearch({ search: id })).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
    await client.cancelSearch({ search: id });
    await client.deleteSearch({ search: id });
    await expect(client.getSearch({ search: id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(client.deleteSearch({ search: id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await served.eventsOf(id)).toEqual(['gone/0/search.deleted']);
    expect(await served.store.findRound(id, 1)).toBeUndefined();
    const left = { artifacts: await served.bus.artifacts.names('gone-r1'), keys: await keysOf('gone') };
    expect(left).toEqual({
      artifacts: ['gone-r1-r1-train/weights.safetensors', 'gone-r1-r1-train.0.checkpoint-1-5'],
      keys: ['gone-r1-r1-train', 'gone-r1-r1-train.0'],
    });
  });

  it('makes room for another one of its name', async () => {
    expect(await served.create('gone')).toMatchObject({ phase: 'RUNNING', round: 1 });
    expect((await served.eventsOf('gone')).slice(1)).toEqual([
      'gone/0/search.created',
      'gone/1/round.prepared',
    ]);
  });

  it('is removed to the end when the service starts again', async () => {
    await served.store.create(searchState('half', { phase: 'DELETING' }));
    await served.reactions.announceAll();
    await expect(client.getSearch({ search: 'half' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await served.eventsOf('half')).toEqual(['half/0/search.deleted']);
  });
});

async function keysOf(prefix: string): Promise<string[]> {
  const buckets = await Promise.all(
    ['NSE_TASKS', 'NSE_RUNS'].map((name) => served.bus.states(name, (v) => v)),
  );
  const keys = (await Promise.all(buckets.map((bucket) => bucket.keys()))).flat();
  return keys.filter((key) => key.startsWith(prefix));
}

describe('the history', () => {
  it('lists completed rounds without what grows with their work', async () => {
    await served.store.create(searchState('old', { round: 2 }));
    await served.store.addRound(roundRecord('old', 1));
    const { rounds } = await client.listRounds({ search: 'old' });
    expect(rounds).toHaveLength(1);
    expect(rounds[0]).toMatchObject({ round: 1, scored: 2, scores: [], curve: [], logits: [] });
  });

  it('tells what became of every operation of the pool, each in one place', async () => {
    const space = await client.getSpace({ search: 'old' });
    expect(space).toMatchObject({ search: 'old', round: 1, pool: 'mac27' });
    const all = space.operations.map((_, operation) => operation);
    for (const { kept, dropped, pending } of space.cells) {
      expect([...kept, ...dropped, ...pending].sort((a, b) => a - b)).toEqual(all);
      expect(kept).toHaveLength(5);
      expect(pending).toHaveLength(22);
    }
    await expect(client.getSpace({ search: 'old', round: 2 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
