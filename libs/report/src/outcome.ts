import type { CellSets } from '@nse/space';
import { type CurveStep, trainingCurve } from './curve.js';
import type { FrontPoint, RoundReport, SpaceReport } from './report.js';

/** What one round did and found, as the services know it. Sets are per cell, of pool indices. */
export interface RoundOutcome {
  readonly round: number;
  readonly front: readonly FrontPoint[];
  readonly scored: number;
  /** What the supernet held when the round began. */
  readonly subsets: CellSets;
  /** What it still held after training; the same where nothing is pruned. */
  readonly trained: CellSets;
  readonly optimized: CellSets;
  /** Per cell, one logit for each operation of `trained`; empty for single-branch searches. */
  readonly logits: readonly (readonly number[])[];
  readonly curve: readonly CurveStep[];
  /** (cost, accuracy) of every architecture scored. */
  readonly scores?: readonly (readonly [number, number])[];
}

/** A round for the report, given the rounds before it: what was tried for the first time, kept and dropped follows. */
export function roundReport(outcome: RoundOutcome, earlier: readonly RoundReport[]): RoundReport {
  const { round, scored, subsets, trained, scores } = outcome;
  const logits = subsets.map((subset, cell) => {
    const known = outcome.logits[cell];
    if (known === undefined) return [];
    return subset.map((operation) => finite(known[trained[cell]?.indexOf(operation) ?? -1]));
  });
  return {
    round,
    front: [...outcome.front].sort((a, b) => (a.latencyMs ?? a.macs) - (b.latencyMs ?? b.macs)),
    scored,
    bestAccuracy:
      outcome.front.length === 0 ? null : Math.max(...outcome.front.map((point) => point.accuracy)),
    space: spaceReport(outcome, earlier),
    logits,
    fitness: logits.map((cell) => cell.map((logit) => (logit === null ? null : 1 / (1 + Math.exp(-logit))))),
    curve: trainingCurve(outcome.curve),
    ...(scores === undefined ? {} : { scores: scores.map(([cost, accuracy]) => [cost, accuracy]) }),
  };
}

function spaceReport(
  { subsets, trained, optimized }: RoundOutcome,
  earlier: readonly RoundReport[],
): SpaceReport {
  const where = (test: (operation: number, cell: number) => boolean) =>
    subsets.map((subset, cell) => subset.filter((operation) => test(operation, cell)));
  const holds = (sets: CellSets, operation: number, cell: number) => sets[cell]?.includes(operation) ?? false;
  const before = (operation: number, cell: number) =>
    earlier.some((round) => holds(round.space.subsets, operation, cell));
  return {
    subsets: where(() => true),
    tried: where((operation, cell) => !before(operation, cell)),
    kept: where((operation, cell) => holds(optimized, operation, cell)),
    dropped: where((operation, cell) => !holds(optimized, operation, cell)),
    pruned: where((operation, cell) => !holds(trained, operation, cell)),
    optimized: optimized.map((set) => [...set]),
  };
}

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;
