import { forgetWaiting, tellWaiting } from '@nse/jobs';
import { newEvent } from '@nse/messaging';
import { toStruct } from '@nse/rpc';
import { Served } from './testing/served.js';
import { roundRecord, searchState, writtenSpec } from './testing/search.js';

let served: Served;

beforeAll(async () => {
  served = await Served.start();
});

afterAll(() => served.stop());

describe('WatchSearch', () => {
  it('tells what is, rounds that were completed before, progress and changes, and ends with the search', async () => {
    const record = roundRecord('watched', 1);
    await served.store.create(searchState('watched', { round: 2 }));
    await served.store.addRound(record);
    const told: string[] = [];
    for await (const { search, round, progress } of served.client.watchSearch({ search: 'watched' })) {
      told.push(search ? search.phase : round ? `round ${round.round}` : `step ${progress?.step ?? '?'}`);
      if (told.length === 2) {
        served.bus.progress({ search: 'watched', stage: 'train', round: 2, step: 3, steps: 9 });
        served.bus.progress({ search: 'other', stage: 'train', round: 2, step: 4, steps: 9 });
      }
      if (progress) {
        const failed = {
          search: 'watched',
          stage: 'train',
          round: 2,
          reason: 'no memory',
          attempts: 3,
        } as const;
        await served.bus.publish(newEvent('task.failed', failed, 'tests'));
      }
    }
    expect(told).toEqual(['round 1', 'RUNNING', 'step 3', 'FAILED']);
    const { failure } = await served.client.getSearch({ search: 'watched' });
    expect(failure).toEqual({ stage: 'train', round: 2, reason: 'no memory', attempts: 3 });
    // Watchers see the change at once, its event follows.
    for await (const { id } of served.bus.replay({ search: 'watched', types: ['search.failed'] })) {
      expect(id).toBe('watched/2/train/search.failed');
      break;
    }
  });

  it('tells what keeps the workers of the stage under way, as GetSearch and ListSearches do', async () => {
    await served.store.create(searchState('waits', { round: 2, stage: 'train' }));
    const runs = await served.bus.states<unknown>('NSE_RUNS', (value) => value);
    const of = { search: 'waits', stage: 'train', round: 2 };
    const told: string[] = [];
    const abort = new AbortController();
    for await (const { search } of served.client.watchSearch({ search: 'waits' }, { signal: abort.signal })) {
      if (!search) continue;
      told.push(search.waiting);
      if (told.length === 1) {
        await runs.create('waits-r1-train.waiting', { of: { ...of, round: 1 }, waiting: 'old news' });
        await runs.create('waits-r2-train.waiting', { of, waiting: 'Unschedulable: no GPU' });
      }
      if (told.length === 2) {
        expect((await served.client.getSearch({ search: 'waits' })).waiting).toBe('Unschedulable: no GPU');
        const { searches } = await served.client.listSearches({});
        expect(searches.find(({ id }) => id === 'waits')?.waiting).toBe('Unschedulable: no GPU');
        await runs.update(
          'waits-r2-train.waiting',
          { of },
          (await runs.get('waits-r2-train.waiting'))!.revision,
        );
      }
      if (told.length === 3) {
        abort.abort();
        break;
      }
    }
    expect(told).toEqual(['', 'Unschedulable: no GPU', '']);
  });

  it.each(['prepare', 'measure'] as const)(
    'tells what the stage %s waits for, which no worker does',
    async (stage) => {
      const search = `waits-${stage}`;
      await served.store.create(searchState(search, { round: stage === 'prepare' ? 1 : 2, stage }));
      const waiting = async () => (await served.client.getSearch({ search })).waiting;
      const of = { search, stage, round: 0 };
      await tellWaiting(served.bus, of, 'waits for device "pixel"');
      expect(await waiting()).toBe('waits for device "pixel"');
      await forgetWaiting(served.bus, of);
      expect(await waiting()).toBe('');
    },
  );

  it('ends when its reader is gone', async () => {
    await served.client.createSearch({ search: 'left', spec: toStruct(writtenSpec) });
    const abort = new AbortController();
    for await (const { search } of served.client.watchSearch({ search: 'left' }, { signal: abort.signal })) {
      if (search) abort.abort();
    }
    expect((await served.client.getSearch({ search: 'left' })).phase).toBe('RUNNING');
  });
});
