import { type Bus, connectBus, type NatsServer, startNatsServer } from '@nse/messaging';
import { logger } from '@nse/telemetry';
import { SearchStore } from './store.js';
import { roundRecord, searchState } from './testing/search.js';

const log = logger('tests', { write: () => undefined });

describe('the store of searches', () => {
  let server: NatsServer;
  const buses: Bus[] = [];

  /** A store with a connection of its own, as another process would have. */
  async function openStore(): Promise<SearchStore> {
    const bus = await connectBus({ url: server.url, name: 'tests', log });
    buses.push(bus);
    return await SearchStore.open(bus);
  }

  beforeAll(async () => {
    server = await startNatsServer();
  });

  afterAll(async () => {
    await Promise.all(buses.map((bus) => bus.close()));
    await server.stop();
  });

  it('gives back what was created, the spec as it was', async () => {
    const store = await openStore();
    const state = searchState('created');
    await store.create(state);
    expect(await store.get('created')).toEqual(state);
    await expect(store.create(state)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await expect(store.get('unknown')).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'search' });
    expect(await store.find('unknown')).toBeUndefined();
  });

  it('reads a search that was stored before searches had an owner', async () => {
    const store = await openStore();
    const raw = await buses[0]!.states('NSE_SEARCHES', (value) => value);
    await raw.create('elder', { ...searchState('elder'), owner: undefined, resumed: undefined });
    expect(await store.get('elder')).toEqual(searchState('elder'));
  });

  it('applies every one of many changes that race, each to the state that the others left', async () => {
    const stores = await Promise.all([openStore(), openStore(), openStore()]);
    await stores[0].create(searchState('raced', { round: 0 }));
    const racers = Array.from({ length: 12 }, (_, index) =>
      stores[index % 3]!.change('raced', (state) => ({ ...state, round: state.round + 1 })),
    );
    const seen = (await Promise.all(racers)).map(({ round }) => round);
    expect((await stores[0].get('raced')).round).toBe(12);
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  });

  it('applies a change that nobody may apply twice exactly once', async () => {
    const stores = await Promise.all([openStore(), openStore()]);
    await stores[0].create(searchState('once'));
    let applied = 0;
    const enter = (store: SearchStore) =>
      store.change('once', async (state) => {
        await Promise.resolve();
        if (state.stage !== 'train') return undefined;
        applied++;
        return { ...state, stage: 'evaluate' };
      });
    const [a, b] = await Promise.all(stores.map(enter));
    expect([a?.stage, b?.stage]).toEqual(['evaluate', 'evaluate']);
    // Both may have tried; the loser found nothing left to do.
    expect(applied).toBeLessThanOrEqual(2);
    expect(await stores[1].get('once')).toEqual(searchState('once', { stage: 'evaluate' }));
  });

  it('keeps the first record of a round', async () => {
    const store = await openStore();
    const first = roundRecord('recorded', 1);
    await store.addRound(first);
    await store.addRound({ ...first, scored: 99 });
    expect(await store.findRound('recorded', 1)).toEqual(first);
    expect(await store.findRound('recorded', 2)).toBeUndefined();
  });

  it('tells the state as it is, then every change, until told to stop', async () => {
    const store = await openStore();
    await store.create(searchState('watched'));
    const abort = new AbortController();
    const rounds: number[] = [];
    for await (const { round } of store.watch('watched', abort.signal)) {
      rounds.push(round);
      if (round === 3) abort.abort();
      else await store.change('watched', (state) => ({ ...state, round: state.round + 1 }));
    }
    expect(rounds).toEqual([1, 2, 3]);
  });

  it('lists searches oldest first', async () => {
    const store = await openStore();
    for (const [id, year] of [
      ['young', 2031],
      ['old', 2001],
      ['middle', 2020],
    ] as const) {
      await store.create(searchState(id, { createdAt: `${year}-01-01T00:00:00.000Z` }));
    }
    const listed = (await store.list()).map(({ id }) => id);
    expect(listed.filter((id) => ['old', 'middle', 'young'].includes(id))).toEqual([
      'old',
      'middle',
      'young',
    ]);
  });
});
