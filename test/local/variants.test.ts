import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toStruct } from '@nse/rpc';
import { latencyTableFor, tinySpec } from '@nse/testing';
import { LocalSystem } from './system.js';

let system: LocalSystem;

beforeAll(async () => {
  system = await LocalSystem.start();
});

afterAll(async () => {
  await system.stop();
});

describe('a search of another kind', () => {
  it('nse-single finds architectures of at most one operation in a cell', async () => {
    const over = await system.search('single', tinySpec({ method: 'nse-single' }));
    expect(over).toMatchObject({ phase: 'SUCCEEDED', failure: null });
    expect(over.front.length).toBeGreaterThan(0);
    for (const { code } of over.front) {
      for (const cell of code.split('.')) expect(cell).toMatch(/^(-|\d+)$/);
    }
    const report = await system.report(over);
    expect(report.rounds.every(({ logits }) => logits.flat().length === 0)).toBe(true);
  });

  it('under a latency table stays within its budget, in milliseconds', async () => {
    const constraint = { latency: { table: 'tiny-device', targetMs: 0.35, driftMs: 0.1 } };
    const spec = tinySpec({ constraint, rounds: 1 });
    const { spaceManager } = system.clients;
    await expect(spaceManager.createSearch({ search: 'early', spec: toStruct(spec) })).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      field: 'constraint.latency.table',
    });
    await system.profiler.importTable({ name: 'tiny-device', table: toStruct(latencyTableFor(spec)) });
    const over = await system.search('latency', spec);
    expect(over).toMatchObject({ phase: 'SUCCEEDED', failure: null });
    for (const { code, cost } of over.front) {
      const { latency } = await system.profiler.lookUp({ table: 'tiny-device', code, spec: toStruct(spec) });
      expect(latency).toBeCloseTo(cost, 9);
      expect(cost).toBeLessThan(0.45);
    }
    expect((await system.report(over)).chosen.latencyMs).toBeGreaterThan(0.25);
  });
});

describe('a worker that cannot work', () => {
  it('ends the search as failed, which says why', async () => {
    const path = join(tmpdir(), 'nse-images-that-are-gone');
    rmSync(path, { recursive: true, force: true });
    const dataset = { kind: 'fashion-mnist', path, train: 1_000, heldOut: 500 };
    const over = await system.search('images-gone', tinySpec({ dataset }));
    expect(over).toMatchObject({ phase: 'FAILED', failure: { stage: 'train', round: 1 } });
    expect(over.failure?.reason).toContain(path);
    const training = await system.trainer.getTraining({ search: 'images-gone', round: 0 });
    expect(training).toMatchObject({ state: 'TASK_STATE_FAILED', round: 1, attempts: 1 });
    expect(training.failure?.reason).toContain(path);
  });
});
