import { withoutTimes } from '@nse/report';
import { type messages, toStruct } from '@nse/rpc';
import { decodeArchitecture, inBand, macroNetwork, macsCost, targetBand } from '@nse/space';
import { budgetOf, poolOf, type SearchSpec } from '@nse/spec';
import { expectedIds, latencyTableFor, tinySpec } from '@nse/testing';
import { storedEvents } from './event-log.js';
import { findBelow } from './processes.js';
import { LocalSystem } from './system.js';

let system: LocalSystem;

beforeAll(async () => {
  system = await LocalSystem.start();
});

afterAll(async () => {
  await system.stop();
});

const evolution = { population: 6, generations: 2, parents: 3, crossovers: 3, mutations: 3 };

/** Six operations of mac27, cheap and dear ones, in every cell at once. */
const wholePool = { onlyOperations: [0, 1, 3, 6, 9, 21] };

interface Case {
  readonly spec: SearchSpec;
  /** Architectures scored, round by round. */
  readonly scored: readonly number[];
}

const of = (method: string, scored: readonly number[], changes: object = {}): Case => ({
  spec: tinySpec({ name: method, method, ...wholePool, ...changes }),
  scored,
});

const cases: readonly Case[] = [
  of('darts', [1]),
  of('proxylessnas', [1]),
  of('spos', [12], { evolution }),
  of('one-shot', [12]),
  of('shrink', [10, 10, 12], { evolution, shrink: { keep: 3, drop: 2, samples: 10, furtherEpochs: 0.6 } }),
  of('random', [12]),
];

function isWithin({ code, macs }: messages.FrontPoint__Output, spec: SearchSpec): boolean {
  const network = macroNetwork(spec.network);
  const { target, drift } = budgetOf(spec.constraint);
  const cost = macsCost(network, poolOf(spec)).total(decodeArchitecture(code, network, poolOf(spec)));
  return cost === macs && inBand(targetBand(target, drift), cost);
}

/** One operation of the pool in every cell, or none where a cell may be empty. */
function expectSingleBranch(code: string, spec: SearchSpec): void {
  const { cells } = macroNetwork(spec.network);
  const architecture = decodeArchitecture(code, macroNetwork(spec.network), poolOf(spec));
  for (const [cell, operations] of architecture.entries()) {
    expect(operations.length).toBeLessThanOrEqual(1);
    if (cells[cell]?.identity !== true) expect(operations).toHaveLength(1);
  }
}

describe.each(cases)('a search by $spec.method', ({ spec, scored }) => {
  const { method } = spec;
  let over: messages.Search__Output;
  let rounds: messages.Round__Output[];

  beforeAll(async () => {
    over = await system.search(method, spec);
    rounds = await system.rounds(over);
  });

  it('succeeds with a single-branch architecture of the front that is within the budget', () => {
    expect(over.failure).toBeNull();
    expect(over).toMatchObject({ phase: 'SUCCEEDED', rounds: scored.length, round: scored.length });
    expect(over.front.length).toBeGreaterThan(0);
    for (const point of over.front) {
      expectSingleBranch(point.code, spec);
      expect(isWithin(point, spec)).toBe(true);
    }
    expect(over.front).toContainEqual(over.chosen);
  });

  it('has its rounds, each told by its events and known to the services', async () => {
    expect(rounds.map((round) => round.scored)).toEqual(scored);
    expect(over.front).toEqual(rounds.at(-1)?.front);
    const events = await storedEvents(system.runtime.endpoints.nats, [`nse.v1.${method}.>`]);
    expect(events.map(({ attributes }) => attributes['id'])).toEqual(expectedIds(method, scored.length));
    for (const [index, total] of scored.entries()) {
      const evaluation = await system.evaluator.getEvaluation({ search: method, round: index + 1 });
      expect(evaluation).toMatchObject({ state: 'TASK_STATE_SUCCEEDED', total, scored: total });
      const training = await system.trainer.getTraining({ search: method, round: index + 1 });
      expect(training).toMatchObject({ state: 'TASK_STATE_SUCCEEDED', failure: null });
    }
    for (const { logits, curve, space } of rounds) {
      expect(logits).toEqual([]);
      expect(curve.length).toBeGreaterThan(0);
      expect(space?.pending.every((waiting) => waiting === 0)).toBe(true);
      for (const { index } of space?.pruned ?? []) expect(index).toEqual([]);
    }
  });

  it('ends with a model that has learned something, and a report', async () => {
    expect(over.model?.code).toBe(over.chosen?.code);
    expect(over.model?.testAccuracy).toBeGreaterThan(0.15);
    expectSingleBranch(over.randomModel?.code ?? '', spec);
    const report = await system.report(over);
    expect(report).toMatchObject({ method, pool: { operations: { length: 6 } } });
    expect(report.rounds).toHaveLength(scored.length);
  });
});

describe('shrinking', () => {
  it('leaves fewer operations to every round, and the front takes no other ones', async () => {
    const spaces = await Promise.all(
      [1, 2, 3].map(
        async (round) => (await system.clients.spaceManager.getRound({ search: 'shrink', round })).space!,
      ),
    );
    const sizes = spaces.map(({ subsets }) => subsets.map(({ index }) => index.length));
    expect(sizes.map((ofCells) => new Set(ofCells))).toEqual([6, 4, 3].map((size) => new Set([size])));
    for (const [round, { kept, dropped, subsets }] of spaces.entries()) {
      expect(kept.map(({ index }, cell) => index.length + (dropped[cell]?.index.length ?? 0))).toEqual(
        sizes[round],
      );
      if (round < 2) expect(kept).toEqual(spaces[round + 1]?.subsets);
      expect(subsets.length).toBe(sizes[0]?.length);
    }
    const { front } = await system.clients.spaceManager.getFront({ search: 'shrink', round: 0 });
    for (const { code } of front) {
      for (const [cell, own] of code.split('.').entries()) {
        if (own !== '-') expect(spaces[2]?.subsets[cell]?.index).toContain(Number(own));
      }
    }
  });
});

describe('evolution', () => {
  const spec = cases.find((one) => one.spec.method === 'spos')!.spec;

  it('comes to the same bits when its service is killed between two generations and a worker within one', async () => {
    const victims = [
      { command: /fitness-evaluator\/dist\/main\.js/, from: 7 },
      { command: /fitness-evaluator\/dist\/worker\.js/, from: 9 },
    ];
    const killed: RegExp[] = [];
    const over = await system.search('killed', spec, ({ progress }) => {
      const next = victims[killed.length];
      if (next === undefined || progress?.stage !== 'evaluate' || progress.step < next.from) return;
      const victim = findBelow(process.pid, next.command);
      if (victim === undefined) return;
      process.kill(victim.pid, 'SIGKILL');
      killed.push(next.command);
    });
    expect(killed[0]).toBe(victims[0]?.command);
    const [spos, disturbed] = await Promise.all([
      system.report(await system.clients.spaceManager.getSearch({ search: 'spos' })),
      system.report(over),
    ]);
    expect(withoutTimes(disturbed)).toEqual(withoutTimes(spos));
  });

  it('is left with nothing in its queues, and the search can be deleted with all of its tasks', async () => {
    await system.clients.spaceManager.deleteSearch({ search: 'killed' });
    await expect(system.evaluator.getEvaluation({ search: 'killed', round: 1 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('a supernet of one of these methods', () => {
  it('scores what a client gives, as it scored it in its round', async () => {
    const [round] = await system.rounds(await system.clients.spaceManager.getSearch({ search: 'spos' }));
    const { code, accuracy } = round!.front[0]!;
    const asked = await system.evaluator.evaluateArchitectures({ search: 'spos', codes: [code] });
    let last: messages.ArchitectureEvaluation__Output | undefined;
    const by = { search: 'spos', id: asked.id };
    for await (const found of system.evaluator.watchArchitectureEvaluation(by)) last = found;
    expect(last).toMatchObject({ state: 'TASK_STATE_SUCCEEDED' });
    expect(last?.scores.map((score) => [score.code, score.accuracy])).toEqual([[code, accuracy]]);
  });
});

describe('a latency table', () => {
  it('bounds an evolution in milliseconds, with a limit of MACs beside it', async () => {
    const constraint = {
      latency: { table: 'methods-device', targetMs: 0.35, driftMs: 0.1 },
      macs: { target: 0.35e6, drift: 0.05e6 },
    };
    const spec = tinySpec({ name: 'timed', method: 'spos', ...wholePool, evolution, constraint });
    await system.profiler.importTable({ name: 'methods-device', table: toStruct(latencyTableFor(spec)) });
    const over = await system.search('timed', spec);
    expect(over).toMatchObject({ phase: 'SUCCEEDED', failure: null });
    for (const { code, cost, macs } of over.front) {
      expectSingleBranch(code, spec);
      const by = { table: 'methods-device', code, spec: toStruct(spec) };
      expect((await system.profiler.lookUp(by)).latency).toBeCloseTo(cost, 9);
      expect(cost).toBeLessThan(0.45);
      expect(macs).toBeLessThan(0.4e6);
    }
    expect((await system.report(over)).constraint.unit).toBe('ms');
  });
});
