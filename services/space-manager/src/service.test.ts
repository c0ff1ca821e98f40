import { fromStruct, type messages, toStruct } from '@nse/rpc';
import { Served } from './testing/served.js';
import { roundRecord, searchState, smallSpec, writtenSpec } from './testing/search.js';

let served: Served;
let client: Served['client'];

beforeAll(async () => {
  served = await Served.start();
  client = served.client;
});

afterAll(() => served.stop());

const create = (search: string, written: object = writtenSpec) =>
  client.createSearch({ search, spec: toStruct(written) });

describe('CreateSearch', () => {
  it('fills the defaults in, begins the first round and tells of it', async () => {
    const search = await create('made');
    expect(search).toMatchObject({
      id: 'made',
      name: 'small',
      phase: 'RUNNING',
      stage: 'train',
      round: 1,
      rounds: 2,
    });
    expect(fromStruct(search.spec)).toEqual(JSON.parse(JSON.stringify(smallSpec)));
    expect(await served.eventsOf('made')).toEqual(['made/0/search.created', 'made/1/round.prepared']);
  });

  it('may be repeated: the same id and spec are the same search', async () => {
    const [first, second] = await Promise.all([create('again'), create('again')]);
    expect(second.createTime).toEqual(first.createTime);
    expect(await served.eventsOf('again')).toHaveLength(2);
  });

  it('refuses another spec under the same id', async () => {
    await create('taken');
    await expect(create('taken', { ...writtenSpec, seed: 4 })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      field: 'search',
    });
  });

  it('keeps for whom a search was made, and gives it to nobody else', async () => {
    const ask = (owner: string) =>
      client.createSearch({ search: 'owned', spec: toStruct(writtenSpec), owner });
    const owner = 'kubernetes:team/3a0b';
    expect((await ask(owner)).owner).toBe(owner);
    expect((await ask(owner)).owner).toBe(owner);
    for (const other of ['', 'kubernetes:team/other']) {
      await expect(ask(other)).rejects.toMatchObject({ code: 'ALREADY_EXISTS', reason: 'NameTaken' });
    }
    const { searches } = await client.listSearches({});
    expect(searches.find(({ id }) => id === 'owned')).toMatchObject({ owner });
    for (const wrong of ['a b', 'x'.repeat(201), 'ü']) {
      await expect(ask(wrong)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'owner' });
    }
  });

  it('names every wrong field at once', async () => {
    const wrong = {
      ...writtenSpec,
      sed: 1,
      rounds: 0,
      network: { ...writtenSpec.network, depths: [1] },
      train: { batchSize: 'many', momentum: 1 },
    };
    const error = (await create('wrong', wrong).catch((caught: unknown) => caught)) as {
      code: string;
      violations: { field: string }[];
    };
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.violations.map(({ field }) => field).sort()).toEqual(
      ['network.depths', 'rounds', 'sed', 'train.batchSize', 'train.momentum'].sort(),
    );
    await expect(client.getSearch({ search: 'wrong' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('makes an id up from the name where none is given, and refuses one that cannot be', async () => {
    expect((await create('')).id).toMatch(/^small-[0-9a-f]{8}$/);
    for (const id of ['Upper', 'a.b', '-a', 'a'.repeat(41)]) {
      await expect(create(id)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'search' });
    }
  });

  it('starts from a preset, with some fields replaced, also deep inside', async () => {
    const overrides = toStruct({ seed: 9, train: { epochs: 0.5, learningRate: { warmupEpochs: 0.1 } } });
    const search = await client.createSearch({ search: 'preset', preset: 'fashion-mnist', overrides });
    const { presets } = await client.listPresets({});
    expect(presets.map(({ name }) => name)).toContain('fashion-mnist');
    const spec = fromStruct(search.spec) as { seed: number; name: string; train: Record<string, unknown> };
    expect(spec).toMatchObject({ seed: 9, name: 'fashion-mnist', train: { epochs: 0.5 } });
    expect(spec.train['batchSize']).toBeGreaterThan(0);
  });

  it('refuses an unknown preset, and a preset beside a spec', async () => {
    await expect(client.createSearch({ preset: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const both = client.createSearch({ preset: 'fashion-mnist', spec: toStruct(writtenSpec) });
    await expect(both).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'preset' });
  });

  it('goes on from a search that is over, with its front and a larger pool, also once that one is gone', async () => {
    const { front } = roundRecord('first', 2);
    const over = { phase: 'SUCCEEDED', stage: 'retrain', round: 2, front } as const;
    await served.store.create(searchState('first', over));
    const written = { ...writtenSpec, pool: 'mac72', continueFrom: 'first', rounds: 0 };
    const second = await create('second', written);
    expect(second).toMatchObject({ phase: 'RUNNING', round: 1, front: [{ code: front[0]!.code, round: 0 }] });
    expect(second.rounds).toBeGreaterThan(1);
    for await (const { data } of served.bus.replay({ search: 'second', types: ['round.prepared'] })) {
      expect(data.oldFront).toHaveLength(1);
      expect(data.optimized).toEqual(searchState('first').space.optimized);
      break;
    }
    await client.deleteSearch({ search: 'first' });
    expect((await create('second', written)).createTime).toEqual(second.createTime);
    await expect(create('third', written)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'continueFrom',
    });
  });

  it('refuses a latency budget whose table is not there', async () => {
    const constraint = { latency: { table: 'phone', targetMs: 5, driftMs: 1 } };
    await expect(create('priceless', { ...writtenSpec, constraint })).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      field: 'constraint.latency.table',
    });
  });
});

describe('reading', () => {
  it('knows no search, round or front that is not there', async () => {
    await create('young');
    const missing = { code: 'NOT_FOUND' };
    await expect(client.getSearch({ search: 'none' })).rejects.toMatchObject({ ...missing, field: 'search' });
    await expect(client.getRound({ search: 'young', round: 0 })).rejects.toMatchObject({
      ...missing,
      field: 'round',
    });
    await expect(client.getFront({ search: 'young', round: 1 })).rejects.toMatchObject(missing);
    await expect(client.getSearch({ search: '' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(client.getSearch({ search: 'no id' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(client.watchSearch({ search: 'none' }).next()).rejects.toMatchObject(missing);
  });

  it('gives a completed round, pruned logits as null, and its front', async () => {
    const record = roundRecord('older', 1);
    await served.store.create(searchState('older', { round: 2, front: record.front }));
    await served.store.addRound(record);
    const last = await client.getRound({ search: 'older', round: 0 });
    expect(last).toEqual(await client.getRound({ search: 'older', round: 1 }));
    expect(last).toMatchObject({ scored: 2, scores: [5, 0.5, 6, 0.25], seconds: { train: 2, evaluate: 1 } });
    expect(last.logits[0]?.value.map(({ kind }) => kind)).toEqual([
      'nullValue',
      ...Array<string>(4).fill('numberValue'),
    ]);
    expect(last.curve.map(({ loss }) => loss)).toEqual([2.5, undefined]);
    const { round, front } = await client.getFront({ search: 'older' });
    expect([round, front]).toEqual([1, record.front]);
  });

  it('lists searches in pages, oldest first, each once', async () => {
    const pages: messages.ListSearchesResponse__Output[] = [];
    let pageToken = '';
    do {
      const page = await client.listSearches({ pageSize: 3, pageToken });
      pages.push(page);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(pages.length).toBeGreaterThan(1);
    for (const { searches } of pages.slice(0, -1)) expect(searches).toHaveLength(3);
    const ids = pages.flatMap(({ searches }) => searches.map(({ id }) => id));
    const all = (await client.listSearches({})).searches.map(({ id }) => id);
    expect(ids).toEqual(all);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refuses pages that cannot be', async () => {
    const wrong = { code: 'INVALID_ARGUMENT' };
    await expect(client.listSearches({ pageSize: -1 })).rejects.toMatchObject(wrong);
    await expect(client.listSearches({ pageToken: 'none' })).rejects.toMatchObject(wrong);
  });

  it('spells an architecture out, cell by cell, and refuses a faulty code', async () => {
    await create('spelled');
    const cells = searchState('x').space.subsets.length;
    const code = Array.from({ length: cells }, () => '4').join('.');
    const described = await client.describeArchitecture({ search: 'spelled', code });
    expect(described.cells).toHaveLength(cells);
    expect(described.cost).toBe(described.macs);
    const inside = described.cells.reduce((sum, { macs }) => sum + macs, 0);
    expect(inside + described.stemAndTailMacs).toBe(described.macs);
    expect(described.cells[0]?.branches[0]).toMatchObject({
      operation: 4,
      layers: expect.any(Array) as unknown,
    });
    await expect(client.describeArchitecture({ search: 'spelled', code: '99' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('lists the pools with their operations in the order of the codes', async () => {
    const { pools } = await client.listPools({});
    const sizes = Object.fromEntries(pools.map(({ name, operations }) => [name, operations.length]));
    expect(sizes).toEqual({ mac27: 27, mac72: 72, gpu19: 19 });
  });
});
