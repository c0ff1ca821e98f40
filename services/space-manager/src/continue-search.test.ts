import { fromStruct } from '@nse/rpc';
import { parseSpec } from '@nse/spec';
import { k13, over, own, refusal } from './testing/adding.js';
import { smallSpec } from './testing/search.js';
import { Served } from './testing/served.js';

let served: Served;
let client: Served['client'];

beforeAll(async () => {
  served = await Served.start();
  client = served.client;
});

afterAll(() => served.stop());

describe('operations that join a search whose rounds are over', () => {
  it('go into a new one that goes on from it, the same one when asked for again', async () => {
    await served.store.create(over('done'));
    const first = await served.add('done', { pool: 'mac72' });
    expect(first).toMatchObject({ continued: true, search: { id: 'done-2', phase: 'RUNNING', round: 1 } });
    expect(fromStruct(first.search!.spec)).toMatchObject({ pool: 'mac72', continueFrom: 'done', seed: 3 });
    expect(first.search?.front.map(({ code, round }) => [code, round])).toEqual([
      [over('done').front[0]!.code, 0],
    ]);
    expect(await served.store.get('done')).toEqual(over('done'));
    const again = await served.add('done', { pool: 'mac72' });
    expect(again.search).toMatchObject({ id: 'done-2', createTime: first.search?.createTime });
    expect((await served.add('done', { pool: 'mac72', rounds: 3 })).search).toMatchObject({
      id: 'done-3',
      rounds: 3,
    });
    expect((await served.add('done', own(k13))).search?.id).toBe('done-4');
    expect(await served.eventsOf('done-2')).toEqual(['done-2/0/search.created', 'done-2/1/round.prepared']);
    const space = await served.store.get('done-2').then(({ space: found }) => found);
    const waiting = Math.max(...space.pending.map(({ length }) => length));
    expect(first.search?.rounds).toBe(1 + Math.ceil(waiting / 4));
  });

  it('are numbered on, and keep to the length of an id', async () => {
    const spec = parseSpec({ ...smallSpec, continueFrom: 'chain' });
    await served.store.create(over('chain-2', { spec }));
    expect((await served.add('chain-2', own(k13))).search?.id).toBe('chain-3');
    const id = 'a-long-id-that-has-all-forty-characters1';
    await served.store.create(over(id));
    expect((await served.add(id, own(k13))).search?.id).toBe(`${id.slice(0, 38)}-2`);
  });

  it('take the id that is asked for, unless it is another search’s', async () => {
    await served.store.create(over('old'));
    await served.create('taken');
    const error = await refusal(served.add('old', { ...own(k13), newSearch: 'taken' }));
    expect(error).toMatchObject({ code: 'ALREADY_EXISTS', field: 'new_search' });
    expect((await served.add('old', { ...own(k13), newSearch: 'mine' })).search?.id).toBe('mine');
    expect((await served.add('old', { ...own(k13), newSearch: 'mine' })).search?.id).toBe('mine');
  });

  it('go on from one that is being retrained, or was cancelled after a round', async () => {
    await served.store.create(over('retraining', { phase: 'RETRAINING' }));
    await served.store.create(over('cancelled', { phase: 'CANCELLED', stage: 'train' }));
    for (const id of ['retraining', 'cancelled'])
      expect(await served.add(id, own(k13))).toMatchObject({ continued: true, search: { id: `${id}-2` } });
  });

  it('are told in how many cells they have room, and get it by a larger K', async () => {
    const state = over('full');
    const full = state.space.subsets.map(() => [0, 1, 2, 3, 4]);
    const pending = full.map(() => []);
    await served.store.create({ ...state, space: { subsets: full, optimized: full, pending } });
    const same = await served.add('full', own(k13));
    expect(same).toMatchObject({ cellsWithRoom: 0, search: { id: 'full-2' } });
    const larger = await served.add('full', { ...own(k13), subsetSize: 6 });
    expect(larger).toMatchObject({ cellsWithRoom: pending.length, search: { id: 'full-3' } });
    expect(fromStruct(larger.search!.spec)).toMatchObject({ subsetSize: 6, continueFrom: 'full' });
    const { space } = await served.store.get('full-3');
    for (const subset of space.subsets) expect(subset).toEqual([0, 1, 2, 3, 4, 27]);

    await served.create('keeps-k');
    const refused = await refusal(served.add('keeps-k', { ...own(k13), subsetSize: 6 }));
    expect(refused).toMatchObject({ code: 'FAILED_PRECONDITION', field: 'subset_size' });
    expect(await served.add('keeps-k', { ...own(k13), subsetSize: 5 })).toMatchObject({ cellsWithRoom: 0 });
  });

  it('make no new one where they are all there', async () => {
    await served.store.create(over('has-all'));
    expect(await served.add('has-all', { pool: 'mac27' })).toMatchObject({
      continued: false,
      search: { id: 'has-all' },
    });
    expect((await refusal(client.getSearch({ search: 'has-all-2' }))).code).toBe('NOT_FOUND');
  });
});
