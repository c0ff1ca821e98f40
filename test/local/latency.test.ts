import { tinySpec } from '@nse/testing';
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

describe('a search under the latency of this machine', () => {
  it('has its table built, aims at what it says, and chooses by what is measured', async () => {
    const device = await thisHost();
    const constraint = {
      latency: { device, likeMacs: 0.35e6, remeasure: 2 },
      macs: { target: 0.5e6, drift: 0.1e6 },
    };
    const stages = new Set<string>();
    const over = await system.search('latency', tinySpec({ constraint, rounds: 1 }), ({ progress }) => {
      if (progress) stages.add(progress.stage);
    });
    expect(over).toMatchObject({ phase: 'SUCCEEDED', failure: null });
    expect([...stages]).toEqual(expect.arrayContaining(['prepare', 'measure', 'retrain']));
    for (const { macs } of over.front) expect(macs).toBeLessThan(0.6e6);

    const { latency } = over;
    const { table } = await system.profiler.getTable({ name: latency?.table ?? '' });
    expect(table?.trust?.judged).toBeGreaterThanOrEqual(25);
    expect(latency?.chosen?.code).toBe(over.chosen?.code);
    expect(latency?.chosen?.predictedMs).toBe(over.chosen?.cost);
    for (const { measuredMs = 0, lowMs = 0, highMs = 0 } of latency?.measured ?? []) {
      expect(measuredMs).toBeGreaterThanOrEqual(lowMs);
      expect(measuredMs).toBeLessThanOrEqual(highMs);
    }
    // How near it comes to the target is for a quiet machine to say; that the report says it, for every machine.
    const report = await system.report(over);
    expect(report.constraint.unit).toBe('ms');
    expect(report.latency).toMatchObject({ device, chosen: { code: over.chosen?.code } });
    expect(typeof report.latency?.withinTenPercent).toBe('boolean');
    // Over 250 measurements come before the first round.
  }, 900_000);
});
