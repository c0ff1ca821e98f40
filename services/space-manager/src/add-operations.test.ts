import { fromStruct, type messages } from '@nse/rpc';
import { specOfSearch } from '@nse/service';
import { parseSpec, poolOf } from '@nse/spec';
import { extendSearch } from './grow.js';
import type { SearchState } from './state.js';
import { k13, over, own, refusal } from './testing/adding.js';
import { roundRecord, searchState, writtenSpec } from './testing/search.js';
import { Served } from './testing/served.js';
import { storeTable } from './testing/table.js';

let served: Served;
let client: Served['client'];

beforeAll(async () => {
  served = await Served.start();
  client = served.client;
});

afterAll(() => served.stop());

describe('operations that join a search with rounds to go', () => {
  it('join its pool in place: they wait, there are rounds for them, and one event tells of it', async () => {
    await served.create('runs');
    const before = await served.store.get('runs');
    const { search, continued, operations } = await served.add('runs', { pool: 'mac72' });
    expect(search).toMatchObject({ id: 'runs', phase: 'RUNNING', stage: 'train', round: 1 });
    expect(continued).toBe(false);
    expect(operations.map(({ added }) => added)).toEqual(Array.from({ length: 72 }, (_, at) => at >= 27));
    const after = await served.store.get('runs');
    expect(after.space.subsets).toEqual(before.space.subsets);
    expect(
      after.space.pending.every(({ length }, cell) => length === before.space.pending[cell]!.length + 45),
    ).toBe(true);
    expect(search?.rounds).toBe(1 + Math.ceil((22 + 45) / 4));
    expect(search?.extensions).toMatchObject([{ since: 2, operations: { length: 45 } }]);
    expect(await served.eventsOf('runs')).toEqual([
      'runs/0/search.created',
      'runs/1/round.prepared',
      'runs/1/extension-1/search.extended',
    ]);
    for await (const { data } of served.bus.replay({
      search: 'runs',
      types: ['round.prepared'],
      follow: false,
    }))
      expect(data.spec).toMatchObject({ pool: 'mac27' });
    expect((await specOfSearch(served.bus, 'runs')).pool).toBe('mac72');
  });

  it('are told where they are already, and change nothing a second time', async () => {
    await served.create('twice');
    const small = { kind: 'MBConv', kernel: 3, expansion: 1 };
    const asked = own(k13, small, { ...k13, dilation: 1 });
    const first = await served.add('twice', asked);
    expect(first.operations).toEqual([
      { index: 27, name: 'MBConv k13 t1 se swish', added: true },
      { index: 0, name: 'MBConv k3 t1', added: false },
      { index: 27, name: 'MBConv k13 t1 se swish', added: false },
    ]);
    const state = await served.store.get('twice');
    const again = await served.add('twice', { ...asked, rounds: 50 });
    expect(again.operations.map(({ index, added }) => [index, added])).toEqual([
      [27, false],
      [0, false],
      [27, false],
    ]);
    expect(again.search?.extensions).toHaveLength(1);
    expect(await served.store.get('twice')).toEqual(state);
    expect(await served.eventsOf('twice')).toHaveLength(3);
  });

  it('leave the search the one that was created, for whoever asks for it again', async () => {
    const created = await served.create('asked');
    await served.add('asked', own(k13));
    expect(await served.create('asked')).toMatchObject({ createTime: created.createTime });
    expect((await refusal(served.create('asked', { addOperations: [k13] }))).code).toBe('ALREADY_EXISTS');
  });

  it.each(['PAUSED', 'FAILED'] as const)('join one that is %s, which stays so', async (phase) => {
    const id = `halted-${phase.toLowerCase()}`;
    const failure = { stage: 'train', round: 2, reason: 'no images', attempts: 3 } as const;
    await served.store.create(searchState(id, { phase, round: 2, stage: 'train', failure }));
    await served.store.addRound(roundRecord(id, 1));
    expect((await served.add(id, own(k13))).search).toMatchObject({ id, phase, extensions: [{ since: 3 }] });
    expect(await client.resumeSearch({ search: id })).toMatchObject({ phase: 'RUNNING', round: 2 });
  });

  it('show in history and space since when they are there', async () => {
    const state = searchState('shown', { round: 3 });
    const grown = extendSearch(
      { ...state, round: 2 },
      { choice: { pool: 'mac72' }, rounds: 0, now: state.createdAt },
    );
    await served.store.create({ ...grown, round: 4 });
    for (const round of [1, 2, 3]) await served.store.addRound(roundRecord('shown', round));
    const { rounds } = await client.listRounds({ search: 'shown' });
    expect(rounds.map(({ joined }) => joined.length)).toEqual([0, 0, 45]);
    expect(rounds[2]?.joined[0]).toEqual({ index: 27, name: 'MBConv k3 t1 g(1,2)' });
    const spaces = await Promise.all([1, 2].map((round) => client.getSpace({ search: 'shown', round })));
    expect(spaces.map(({ pool, operations }) => [pool, operations.length])).toEqual([
      ['mac27', 27],
      ['mac72', 72],
    ]);
    expect(new Set(spaces[0]?.since)).toEqual(new Set([1]));
    expect(spaces[1]?.since.filter((since) => since === 3)).toHaveLength(45);
    for (const { kept, dropped, pending } of spaces[1]!.cells) {
      expect([...kept, ...dropped, ...pending].sort((a, b) => a - b)).toEqual(
        Array.from({ length: 72 }, (_, operation) => operation),
      );
      expect(pending.filter((operation) => operation >= 27)).toHaveLength(45);
    }
  });

  it('are told of by whoever comes next where their process was killed before it could', async () => {
    await served.create('cut-short');
    await served.store.change('cut-short', (state) =>
      extendSearch(state, { choice: { pool: 'mac72' }, rounds: 0, now: state.createdAt }),
    );
    expect(await served.eventsOf('cut-short')).toHaveLength(2);
    await served.reactions.announceAll();
    await served.reactions.announceAll();
    expect((await served.eventsOf('cut-short')).slice(2)).toEqual([
      'cut-short/1/extension-1/search.extended',
    ]);
  });

  it('all join once where several are added at once', async () => {
    await served.create('racing');
    const calls = [k13, { ...k13, kernel: 15 }, k13, { ...k13, kernel: 17 }].map((one) =>
      served.add('racing', own(one)),
    );
    const answers = await Promise.all(calls);
    const added = answers.flatMap(({ operations }) => operations.filter((one) => one.added));
    expect(added.map(({ index }) => index).sort()).toEqual([27, 28, 29]);
    const { spec, space } = await served.store.get('racing');
    expect(poolOf(spec).operations).toHaveLength(30);
    for (const waiting of space.pending) expect(waiting.filter((one) => one >= 27)).toHaveLength(3);
    expect((await served.eventsOf('racing')).filter((id) => id.endsWith('extended'))).toEqual([
      'racing/1/extension-1/search.extended',
      'racing/1/extension-2/search.extended',
      'racing/1/extension-3/search.extended',
    ]);
  });
});

describe('operations that cannot join', () => {
  it.each<[string, Partial<messages.AddOperationsRequest>, string[]]>([
    ['nothing', {}, ['pool']],
    ['both', { pool: 'mac72', ...own(k13) }, ['pool']],
    [
      'an unknown pool, and more that is wrong',
      { pool: 'mac99', rounds: -1, newSearch: 'No Id', subsetSize: 1 },
      ['pool', 'rounds', 'subset_size', 'new_search'],
    ],
    [
      'operations that are none',
      own(
        { ...k13, kernel: 4, expansion: 99 },
        { kind: 'Conv', kernel: 3, expansion: 1, groups: [1, 2] },
        { kind: 'x' },
      ),
      [
        'operations[0].kernel',
        'operations[0].expansion',
        'operations[1].groups',
        'operations[2].kind',
        'operations[2].kernel',
        'operations[2].expansion',
      ],
    ],
    [
      'groups that do not divide the channels',
      own(k13, { ...k13, groups: [3, 1] }, { ...k13, groups: [1, 5] }),
      ['operations[1].groups', 'operations[2].groups'],
    ],
  ])('are refused with every wrong field: %s', async (name, request, fields) => {
    const id = `wrong-${name.replace(/\W/g, '').toLowerCase().slice(0, 20)}`;
    await served.create(id);
    const before = await served.store.get(id);
    const error = await refusal(served.add(id, request));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.violations.map(({ field }) => field)).toEqual(fields);
    expect(await served.store.get(id)).toEqual(before);
  });

  it('are refused where the search is unknown, or cannot grow', async () => {
    expect((await refusal(served.add('nobody', own(k13)))).code).toBe('NOT_FOUND');
    const states: Partial<SearchState>[] = [
      { phase: 'DELETING' },
      { phase: 'CANCELLED', stage: 'train', front: [] },
      { phase: 'RUNNING', stage: 'prepare' },
      { phase: 'RUNNING', stage: 'train', spec: parseSpec({ ...writtenSpec, method: 'spos' }) },
      { spec: parseSpec({ ...writtenSpec, method: 'darts' }) },
    ];
    for (const [at, changes] of states.entries()) {
      const id = `cannot-${at}`;
      await served.store.create(over(id, changes));
      const error = await refusal(served.add(id, own(k13)));
      expect([at, error.code, error.field]).toEqual([at, 'FAILED_PRECONDITION', 'search']);
    }
  });
});

describe('operations that join a search under a latency budget', () => {
  const constraint = { latency: { table: 'short', targetMs: 1, driftMs: 0.5 } };

  it('are refused with what its table lacks while it runs, and in a new search', async () => {
    const spec = parseSpec({ ...writtenSpec, constraint });
    await storeTable(served.bus, 'short', spec);
    await served.store.create(searchState('priced', { spec }));
    const running = await refusal(served.add('priced', own(k13)));
    expect(running.code).toBe('INVALID_ARGUMENT');
    expect(running.violations[0]).toMatchObject({
      field: 'search',
      description: expect.stringMatching(/once the rounds are over/) as string,
    });
    expect(running.violations[1]).toMatchObject({
      field: 'constraint.latency.table',
      description: expect.stringMatching(/^has no row for MBConv k13 t1/) as string,
    });
    await served.store.create(over('priced-over', { spec }));
    const ended = await refusal(served.add('priced-over', own(k13)));
    expect(ended.violations[0]?.description).toMatch(/continueFrom: priced-over/);
    expect(ended.violations.length).toBeGreaterThan(1);
  });

  it('join where the table prices them', async () => {
    const spec = parseSpec({
      ...writtenSpec,
      constraint: { latency: { ...constraint.latency, table: 'long' } },
    });
    await storeTable(served.bus, 'long', { ...spec, pool: 'mac72' });
    await served.store.create(searchState('long', { spec }));
    expect(await served.add('long', { pool: 'mac72' })).toMatchObject({
      continued: false,
      search: { id: 'long' },
    });
  });

  it('wait in the new search for the device’s table, which is completed first; the target stays', async () => {
    const latency = { device: 'host', table: 'measured', targetMs: 1, driftMs: 0.5 };
    const spec = parseSpec({ ...writtenSpec, constraint: { latency } });
    await storeTable(served.bus, 'measured', spec);
    await served.store.create(over('device', { spec }));
    const { search } = await served.add('device', own(k13));
    expect(search).toMatchObject({
      id: 'device-2',
      stage: 'prepare',
      latency: { device: 'host', table: '' },
    });
    expect(fromStruct(search!.spec)).toMatchObject({
      constraint: { latency: { targetMs: 1, driftMs: 0.5 } },
    });
    expect(await served.eventsOf('device-2')).toEqual([
      'device-2/0/search.created',
      'device-2/0/latency.table-requested',
    ]);
    expect((await served.add('device', own(k13))).search).toMatchObject({
      id: 'device-2',
      createTime: search?.createTime,
    });
  });
});
