import { connectBus } from '@nse/messaging';
import type { messages } from '@nse/rpc';
import { expectedIds, tinyFields, tinySpec } from '@nse/testing';
import { storedEvents } from './event-log.js';
import { LocalSystem } from './system.js';

let system: LocalSystem;

beforeAll(async () => {
  system = await LocalSystem.start();
});

afterAll(async () => {
  await system.stop();
});

/** The id of the machine that the system runs on. */
async function thisHost(): Promise<string> {
  for await (const { id, kind, state } of system.profiler.watchDevices({})) {
    if (kind === 'host' && state !== 'DEVICE_STATE_AWAY') return id;
  }
  throw new Error('no host was attached');
}

/** What an architecture cost when it was scored. */
interface Scored {
  readonly code: string;
  readonly cost: number;
  readonly macs: number;
}

async function scoredIn(search: string): Promise<Scored[]> {
  const { artifacts } = await system.clients.spaceManager.getRound({ search, round: 1 });
  const bus = await connectBus({ url: system.runtime.endpoints.nats, name: 'tests' });
  try {
    return JSON.parse(
      String(Buffer.from(await bus.artifacts.get(artifacts['scores']?.name ?? ''))),
    ) as Scored[];
  } finally {
    await bus.close();
  }
}

// How near predictions and measurements come is for a quiet machine to say; what becomes of them, for every machine.
describe('a search under the latency of this machine, with a limit of MACs', () => {
  const search = 'latency';
  const stages = new Set<string>();
  let device: string;
  let over: messages.Search__Output;

  beforeAll(async () => {
    device = await thisHost();
    // The smallest pool and five cells: 101 parts are measured, and 100 architectures.
    const spec = tinySpec({
      pool: 'gpu19',
      network: { ...tinyFields.network, depths: [0, 1, 0, 0, 0] },
      constraint: {
        latency: { device, likeMacs: 1e6, remeasure: 2 },
        macs: { target: 1e6, drift: 0.1e6 },
      },
      rounds: 1,
    });
    over = await system.search(search, spec, ({ progress }) => {
      if (progress) stages.add(progress.stage);
    });
    // On a busy machine every measurement runs up to its limit.
  }, 900_000);

  it('succeeds, through a stage before the rounds and one after them', async () => {
    expect(over).toMatchObject({ phase: 'SUCCEEDED', failure: null });
    expect([...stages].sort()).toEqual(['evaluate', 'measure', 'prepare', 'retrain', 'train']);
    const events = await storedEvents(system.runtime.endpoints.nats, [`nse.v1.${search}.>`]);
    const [created, ...rest] = expectedIds(search, 1);
    const latencyEvents = (...types: string[]) => types.map((type) => `${search}/0/latency.${type}`);
    expect(events.map(({ attributes }) => attributes['id'])).toEqual([
      created,
      ...latencyEvents('table-requested', 'table-completed'),
      ...rest.slice(0, -2),
      ...latencyEvents('measurement-requested', 'measurement-completed'),
      ...rest.slice(-2),
    ]);
  });

  it('has a table of its device, judged by architectures that it was not fitted to', async () => {
    const name = over.latency?.table ?? '';
    expect(name.startsWith(device.slice(0, 20))).toBe(true);
    const { table } = await system.profiler.getTable({ name });
    expect(table).toMatchObject({ device, unit: 'ms', entries: 101, kind: 'TABLE_KIND_OPERATIONS' });
    expect(table?.trust?.judged).toBeGreaterThanOrEqual(25);
    expect(table?.trust?.fitted).toBeGreaterThanOrEqual(25);
  });

  it('aims at what the table says, and scores nothing beyond either limit', async () => {
    const { constraint } = (await system.report(over)).spec as unknown as {
      readonly constraint: { readonly latency: Readonly<Record<'targetMs' | 'driftMs', number>> };
    };
    const { targetMs, driftMs } = constraint.latency;
    expect(driftMs).toBeCloseTo(targetMs / 20, 3);
    const scored = await scoredIn(search);
    expect(scored.length).toBeGreaterThanOrEqual(12);
    for (const { code, cost, macs } of scored) {
      const by = { table: over.latency?.table ?? '', code, search };
      expect((await system.profiler.lookUp(by)).latency).toBeCloseTo(cost, 9);
      expect(cost).toBeLessThan(targetMs + driftMs);
      expect(macs).toBeLessThan(1.1e6);
    }
    const codes = scored.map(({ code }) => code);
    for (const { code } of [...over.front, over.chosen!]) expect(codes).toContain(code);
  });

  it('chooses by what the device measures of the best, and measures the random one beside it', () => {
    const { latency, chosen, front, randomModel } = over;
    expect(latency).toMatchObject({ device, chosen: { code: chosen?.code, predictedMs: chosen?.cost } });
    const best = [...front].sort((a, b) => b.accuracy - a.accuracy).slice(0, 2);
    const measured = latency?.measured ?? [];
    expect(measured.map(({ code }) => code)).toEqual(expect.arrayContaining(best.map(({ code }) => code)));
    expect(measured.map(({ code }) => code)).toContain(chosen?.code);
    expect(latency?.random?.code).toBe(randomModel?.code);
    for (const { measuredMs = 0, lowMs = 0, highMs = 0, runs } of measured) {
      expect(lowMs).toBeGreaterThan(0);
      expect(measuredMs).toBeGreaterThanOrEqual(lowMs);
      expect(measuredMs).toBeLessThanOrEqual(highMs);
      expect(runs).toBeGreaterThan(0);
    }
  });

  it('reports predicted and measured, and whether that is near the target', async () => {
    const report = await system.report(over);
    expect(report.constraint.unit).toBe('ms');
    expect(report.latency).toMatchObject({
      device,
      chosen: { code: over.chosen?.code, measuredMs: over.latency?.chosen?.measuredMs },
    });
    const { constraint, latency } = report;
    const off = Math.abs((latency?.chosen.measuredMs ?? 0) / constraint.target - 1);
    expect(latency?.withinTenPercent).toBe(off <= 0.1);
  });
});
