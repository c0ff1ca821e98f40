import { newEvent } from '@nse/messaging';
import { toStruct } from '@nse/rpc';
import { latencyCost, macroNetwork, operationTable } from '@nse/space';
import { parseSpec, poolOf, retrainedPool } from '@nse/spec';
import { completeMeasurement } from './finish.js';
import type { SearchState } from './state.js';
import { roundRecord, searchState, writtenSpec } from './testing/search.js';
import { Served } from './testing/served.js';
import { operationTableFor, storeTable } from './testing/table.js';

let served: Served;
let client: Served['client'];

const written = (latency: object, more: object = {}) => ({
  ...writtenSpec,
  constraint: { latency, ...more },
});
const onHost = written({ device: 'host', likeMacs: 1.2e6 });

beforeAll(async () => {
  served = await Served.start();
  client = served.client;
  await storeTable(served.bus, 'host-table', parseSpec(onHost));
});

afterAll(() => served.stop());

const create = (search: string, spec: object = onHost) =>
  client.createSearch({ search, spec: toStruct(spec) });

const tableIsThere = (search: string, table = 'host-table') =>
  served.bus.publish(newEvent('latency.table-completed', { search, device: 'host', table }, 'tests'));

const failed = (search: string, stage: 'prepare' | 'measure', resumes = 0) =>
  served.bus.publish(
    newEvent('task.failed', { search, stage, round: 0, reason: 'unplugged', attempts: 3, resumes }, 'tests'),
  );

/** Waits until the search is as asked; a change that never comes is the test's time limit. */
async function until(search: string, reached: (found: SearchState) => boolean): Promise<SearchState> {
  for await (const state of served.store.watch(search, new AbortController().signal)) {
    if (reached(state)) return state;
  }
  throw new Error(`${search} is gone`);
}

const at = (stage: string) => (state: SearchState) => state.stage === stage;

/** Waits until the event was told, and gives the ids of all that were. */
async function told(search: string, last: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of served.bus.replay({ search })) {
    ids.push(id);
    if (id === `${search}/${last}`) return ids;
  }
  return ids;
}

describe('a search on a device', () => {
  it('waits for its table, then begins with a target that follows from it', async () => {
    expect(await create('fresh')).toMatchObject({
      phase: 'RUNNING',
      stage: 'prepare',
      latency: { device: 'host', table: '', chosen: null },
    });
    expect(await served.eventsOf('fresh')).toEqual([
      'fresh/0/search.created',
      'fresh/0/latency.table-requested',
    ]);
    await tableIsThere('fresh');
    const { spec } = await until('fresh', at('train'));
    const { latency } = spec.constraint;
    expect(latency).toMatchObject({ device: 'host', table: 'host-table', likeMacs: 1.2e6, remeasure: 5 });
    // A millisecond a million: about that of architectures of 1.2 million, and a twentieth of it to either side.
    expect(latency?.targetMs).toBeGreaterThan(1);
    expect(latency?.targetMs).toBeLessThan(1.4);
    expect(latency?.driftMs).toBeCloseTo((latency?.targetMs ?? 0) / 20, 3);
    expect(await told('fresh', '1/round.prepared')).toEqual([
      'fresh/0/search.created',
      'fresh/0/latency.table-requested',
      'fresh/0/latency.table-completed',
      'fresh/1/round.prepared',
    ]);
  });

  it('is the same search for who asks again, before and after its table came; another is not', async () => {
    expect(await create('fresh')).toMatchObject({ stage: 'train' });
    await create('waiting');
    expect(await create('waiting')).toMatchObject({ stage: 'prepare' });
    await expect(create('fresh', written({ device: 'host', likeMacs: 1.3e6 }))).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
  });

  it('fails at once, by field and range, where its table allows no such target', async () => {
    await create('far', written({ device: 'host', targetMs: 500 }));
    await tableIsThere('far');
    const { failure } = await until('far', ({ phase }) => phase === 'FAILED');
    expect(failure).toMatchObject({ stage: 'prepare', round: 0 });
    expect(failure?.reason).toMatch(
      /constraint.latency.targetMs: got 500; .* cost from [\d.]+ to [\d.]+ ms by the table/,
    );
    await client.resumeSearch({ search: 'far' });
    await told('far', '0/prepare/resume-1/search.failed');
  });

  it('fails by name where its table lacks what it needs', async () => {
    await create('gaps', { ...written({ device: 'host', targetMs: 2 }), retrain: { activation: 'swish' } });
    await tableIsThere('gaps');
    const { failure } = await until('gaps', ({ phase }) => phase === 'FAILED');
    expect(failure?.reason).toContain('constraint.latency.table: has no row for the stem');
  });

  it('asks for its table again when it is resumed after a failure', async () => {
    await create('unplugged');
    await failed('unplugged', 'prepare');
    await until('unplugged', ({ phase }) => phase === 'FAILED');
    expect(await client.resumeSearch({ search: 'unplugged' })).toMatchObject({
      phase: 'RUNNING',
      stage: 'prepare',
    });
    expect((await served.eventsOf('unplugged')).at(-1)).toBe('unplugged/0/prepare/resume-1/search.resumed');
    // Told twice: what is past fails nothing.
    await served.bus.publish({
      ...newEvent(
        'task.failed',
        { search: 'unplugged', stage: 'prepare', round: 0, reason: 'r', attempts: 1 },
        'tests',
      ),
      id: 'unplugged/late',
    });
    await tableIsThere('unplugged');
    expect(await until('unplugged', at('train'))).toMatchObject({ phase: 'RUNNING', failure: null });
  });

  it('can be paused and ended while it waits, and keeps a table that came meanwhile', async () => {
    await create('halted');
    await client.pauseSearch({ search: 'halted' });
    await tableIsThere('halted');
    expect(await until('halted', at('train'))).toMatchObject({ phase: 'PAUSED' });
    expect(await client.resumeSearch({ search: 'halted' })).toMatchObject({
      phase: 'RUNNING',
      stage: 'train',
    });
    await client.cancelSearch({ search: 'waiting' });
    await client.deleteSearch({ search: 'waiting' });
    expect(await served.eventsOf('waiting')).toEqual(['waiting/0/search.deleted']);
  });

  it('goes on from another by the costs of its own table', async () => {
    const old = await served.store.get('fresh');
    const [first = 0] = old.space.subsets[0] ?? [];
    const code = old.space.subsets.map((subset) => subset[0] ?? first).join('.');
    const front = [{ code, cost: 77, macs: 1, accuracy: 0.5, round: 1 }];
    await served.store.create({ ...old, id: 'before', phase: 'CANCELLED', round: 2, front });
    await create('grown', { ...onHost, continueFrom: 'before', rounds: 1 });
    await tableIsThere('grown');
    const [point] = (await until('grown', at('train'))).front;
    expect(point).toMatchObject({ code, round: 0 });
    expect(point?.cost).toBeLessThan(20);
  });

  it('by a table that is there begins at once, whatever is to be measured later', async () => {
    for (const [search, latency] of Object.entries({
      'by-table': { table: 'host-table', likeMacs: 1.2e6 },
      'by-both': { table: 'host-table', device: 'host', targetMs: 1.2 },
    })) {
      const found = await create(search, written(latency));
      expect(found).toMatchObject({ stage: 'train', latency: { table: 'host-table' } });
      expect((await served.eventsOf(search)).at(-1)).toBe(`${search}/1/round.prepared`);
      expect(await create(search, written(latency))).toMatchObject({ id: search });
    }
  });
});

const spec = parseSpec(
  written({ device: 'host', table: 'host-table', targetMs: 1.2, driftMs: 0.1, remeasure: 3 }),
);
const network = macroNetwork(spec.network);
const pool = retrainedPool(poolOf(spec), spec.retrain);
const cost = latencyCost(network, pool, operationTable(operationTableFor(spec)));

const code = (operation: number) => network.cells.map(() => operation).join('.');
const point = (operation: number, ms: number, accuracy: number, macs = 1e6) => ({
  code: code(operation),
  cost: ms,
  macs,
  accuracy,
  round: 2,
});
const front = [point(0, 1.11, 0.6), point(3, 1.15, 0.7), point(6, 1.2, 0.8), point(9, 1.25, 0.9)];
const random = { code: code(12), cost: 1.24, macs: 1e6 };

/** All rounds are over; the device has the word. */
const measuring = (id: string, changes: Partial<SearchState> = {}): SearchState => {
  const { round } = { round: spec.rounds };
  return { ...searchState(id), spec, stage: 'measure', round, front, random, ...changes };
};

const measurement = (search: string, times: Record<number, number>) => ({
  search,
  device: 'host',
  latencies: Object.entries(times).map(([operation, medianMs]) => ({
    code: code(Number(operation)),
    medianMs,
    lowMs: medianMs - 0.01,
    highMs: medianMs + 0.01,
    runs: 100,
  })),
});

describe('the choice by measured latency', () => {
  const choose = (times: Record<number, number>, changes: Partial<SearchState> = {}) =>
    completeMeasurement(measuring('s', changes), measurement('s', times), cost, '2026-01-01T00:00:00Z');

  it('is the most accurate that fits on the device, not by the table', () => {
    const { chosen, stage, phase, measured } = choose({ 9: 1.5, 6: 1.29, 3: 1.1, 12: 1.3 });
    expect(chosen).toEqual(front[2]);
    expect([stage, phase, measured?.note]).toEqual(['retrain', 'RETRAINING', '']);
    expect(measured?.latencies.map(({ predictedMs, medianMs }) => [predictedMs, medianMs])).toEqual([
      [1.15, 1.1],
      [1.2, 1.29],
      [1.25, 1.5],
      [1.24, 1.3],
    ]);
  });

  it('is the nearest, with a note, where none fits', () => {
    const { chosen, measured } = choose({ 9: 1.5, 6: 1.4, 3: 1.6 });
    expect(chosen).toEqual(front[2]);
    expect(measured?.note).toBe(
      'none of the 3 measured takes at most 1.300 ms on the device; chosen is the nearest, 1.400 ms',
    );
  });

  it('says at what pace times are, what the device said of them, and how long it took', () => {
    const pace = { scale: 1.1, architectures: 6 };
    const told = { ...measurement('s', { 9: 1.5, 6: 1.4, 3: 1.6 }), pace, note: 'times are as measured' };
    const before = { deviceSeconds: { prepare: 60 }, updatedAt: '2026-01-01T00:00:00Z' };
    const { measured, deviceSeconds } = completeMeasurement(
      measuring('s', before),
      told,
      cost,
      '2026-01-01T00:00:07Z',
    );
    expect(measured?.pace).toEqual(pace);
    expect(deviceSeconds).toEqual({ prepare: 60, measure: 7 });
    expect(measured?.note).toMatch(/^none of the 3 .*; times are as measured$/);
  });

  it('keeps to the limit of MACs', () => {
    const limited = { ...spec, constraint: { ...spec.constraint, macs: { target: 1e6, drift: 1e5 } } };
    const dear = [point(0, 1.11, 0.6), point(3, 1.15, 0.7), point(9, 1.25, 0.9, 2e6)];
    expect(choose({ 9: 1.2, 3: 1.1, 0: 1 }, { spec: limited, front: dear }).chosen).toEqual(dear[1]);
  });

  it('stays halted where the search was, and draws the comparison anew where it is of another cost', () => {
    const { phase, random: drawn } = choose({ 9: 1.2 }, { phase: 'PAUSED', random: { ...random, cost: 2 } });
    expect(phase).toBe('PAUSED');
    expect(drawn?.cost).toBeGreaterThan(1.25 * 0.9);
    expect(drawn?.cost).toBeLessThan(1.25 * 1.1);
  });

  it('is none where nothing of the front was measured', () => {
    expect(() => choose({ 12: 1.2 })).toThrow('nothing of the front was measured');
  });
});

describe('the measurement of the best', () => {
  it('is asked for after the last round, and decides', async () => {
    const search = 'best';
    const before = measuring(search);
    await served.store.create(before);
    await served.store.addRound(roundRecord(search, spec.rounds));
    await served.reactions.announce(before);
    const [requested] = (await served.eventsOf(search)).slice(-1);
    expect(requested).toBe('best/0/latency.measurement-requested');
    for await (const { data } of served.bus.replay({
      search,
      types: ['latency.measurement-requested'],
      follow: false,
    })) {
      expect(data.codes).toEqual([code(9), code(6), code(3), code(12)]);
    }
    expect(await client.getFront({ search })).toMatchObject({ round: spec.rounds });
    // A device that went away fails the stage; a resume asks again.
    await failed(search, 'measure');
    await until(search, ({ phase }) => phase === 'FAILED');
    expect(await client.resumeSearch({ search })).toMatchObject({ phase: 'RUNNING', stage: 'measure' });
    expect((await served.eventsOf(search)).at(-1)).toBe('best/0/measure/resume-1/search.resumed');

    const pace = { scale: 1.1, architectures: 6 };
    const found = { ...measurement(search, { 9: 1.5, 6: 1.29, 3: 1.1, 12: 1.3 }), pace };
    await served.bus.publish(newEvent('latency.measurement-completed', found, 'tests'));
    await until(search, at('retrain'));
    expect(await client.getSearch({ search })).toMatchObject({
      phase: 'RETRAINING',
      chosen: { code: code(6), cost: 1.2 },
      latency: {
        device: 'host',
        table: 'host-table',
        chosen: { code: code(6), predictedMs: 1.2, measuredMs: 1.29, lowMs: 1.28, highMs: 1.3, runs: 100 },
        random: { code: code(12), predictedMs: 1.24, measuredMs: 1.3 },
        note: '',
        pace,
        seconds: { measure: expect.any(Number) as number },
      },
    });
    await told(search, '0/search.completed');
    for await (const { data } of served.bus.replay({ search, types: ['search.completed'], follow: false })) {
      expect(data.measured?.latencies).toHaveLength(4);
      expect(data.chosen.code).toBe(code(6));
    }
  });
});
