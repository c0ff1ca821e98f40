import { type CellSets, onChance } from '@nse/space';
import { type CurveStep, trainingCurve } from './curve.js';
import { countText } from './format.js';
import type { Constraint, FrontPoint, Report, RoundReport } from './report.js';

/** An architecture on a front, as the services know it: `cost` is in the unit of the search's constraint. */
export interface ScoredArchitecture {
  readonly code: string;
  readonly macs: number;
  readonly cost: number;
  readonly accuracy: number;
}

/** What one round did and found, as the space-manager records it. Sets are per cell, of pool indices. */
export interface RoundOutcome {
  readonly round: number;
  readonly front: readonly ScoredArchitecture[];
  /** How many architectures were scored. */
  readonly scored: number;
  readonly space: Readonly<
    Record<'subsets' | 'tried' | 'kept' | 'dropped' | 'pruned' | 'optimized', CellSets>
  >;
  /** Per cell, one logit for each operation of `space.subsets`, null for the pruned; empty where no fitness is learned. */
  readonly logits: readonly (readonly (number | null)[])[];
  readonly curve: readonly CurveStep[];
  /** (cost, accuracy) of every architecture scored. */
  readonly scores?: readonly (readonly [number, number])[];
}

/** A round for the report: the front from cheap to dear, logits also as chances, a curve of bounded length. */
export function roundReport(outcome: RoundOutcome, unit: Constraint['unit']): RoundReport {
  const { round, scored, space, scores } = outcome;
  const front = [...outcome.front].sort((a, b) => a.cost - b.cost).map((point) => frontPoint(point, unit));
  const logits = space.subsets.map((_, cell) => (outcome.logits[cell] ?? []).map(finite));
  return {
    round,
    front,
    scored,
    bestAccuracy: front.length === 0 ? null : Math.max(...front.map(({ accuracy }) => accuracy)),
    space: {
      subsets: copied(space.subsets),
      tried: copied(space.tried),
      kept: copied(space.kept),
      dropped: copied(space.dropped),
      pruned: copied(space.pruned),
      optimized: copied(space.optimized),
    },
    logits,
    fitness: logits.map((cell) => cell.map((logit) => (logit === null ? null : onChance(logit)))),
    curve: trainingCurve(outcome.curve),
    ...(scores === undefined ? {} : { scores: scores.map(([cost, accuracy]) => [cost, accuracy]) }),
  };
}

function frontPoint(
  { code, macs, cost, accuracy }: ScoredArchitecture,
  unit: Constraint['unit'],
): FrontPoint {
  return { code, macs, accuracy, ...(unit === 'ms' ? { latencyMs: cost } : {}) };
}

/** How widths were scaled, in words; undefined where they were not. */
export function scalingText({ chosen, scaled }: Pick<Report, 'chosen' | 'scaled'>): string | undefined {
  if (scaled === undefined) return undefined;
  const { scale, goal, searchedMacs } = scaled;
  const over = chosen.macs > goal ? ', which no width reaches' : '';
  return `widths scaled to ${scale} for ${countText(goal)}${over}; ${countText(searchedMacs)} as searched`;
}

const copied = (sets: CellSets): number[][] => sets.map((set) => [...set]);

const finite = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;
