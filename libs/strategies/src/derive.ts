import { type Architecture, type Cost, type CostBand, type CostLimit, inBand, NseError } from '@nse/space';

import { architectureOf, type CellOptions } from './options.js';

/** The likeliest option of each cell; of equally likely ones the first. */
export function likeliest(
  options: readonly CellOptions[],
  probabilities: readonly (readonly number[])[],
): Architecture {
  return architectureOf(
    options,
    probabilities.map((row) => row.indexOf(Math.max(...row))),
  );
}

/** The best beginning of an architecture with about these costs. */
interface Beginning {
  /** By the band's cost, then by that of each limit. */
  readonly spent: readonly number[];
  readonly logChance: number;
  readonly taken: readonly number[];
}

/** One of the costs that count: that of the band, or of a limit. */
interface Measure {
  readonly fixed: number;
  readonly of: (cell: number, set: readonly number[]) => number;
  /** More can never fit. */
  readonly most: number;
  /** Costs in the same step count as equal until the end. */
  readonly step: number;
  /** By cell, what the cells from there on cost at least. */
  readonly rest: readonly number[];
}

const STEPS_A_BAND = 256;
const MOST_STEPS = 60_000;
/** Beside limits there is a beginning for each combination of costs, so steps are wider. */
const BESIDE_LIMITS = { stepsABand: 32, mostSteps: 1024 };
const STEPS_A_LIMIT = 64;
/** What sums of the same costs in another order may differ by, as a part. */
const ROUNDING = 1e-9;

/**
 * The likeliest architecture within the band and the limits, where `likeliest` alone may cost anything: cell by cell the
 * likeliest beginning of every cost, with costs in steps of 1/256 of the band (beside limits 1/32 of the band and 1/64 of each
 * limit), and its true cost kept. So it is the best up to that rounding, and always within the budget. Throws
 * FAILED_PRECONDITION, reason `BudgetUnreachable`, where it finds none.
 */
export function likeliestWithin(
  band: CostBand,
  cost: Cost,
  options: readonly CellOptions[],
  probabilities: readonly (readonly number[])[],
  limits: readonly CostLimit[] = [],
): Architecture {
  const measures = measuresOf(band, cost, limits, options);
  let beginnings: Beginning[] = [{ spent: measures.map(({ fixed }) => fixed), logChance: 0, taken: [] }];
  for (const [cell, own] of options.entries()) {
    const costs = own.map((set) => measures.map((measure) => measure.of(cell, set)));
    beginnings = extended(beginnings, costs, probabilities[cell] ?? [], measures, cell + 1);
  }
  const ends = beginnings.filter(({ spent }) => isEnd(band, limits, spent));
  const likeliestEnd = ends.reduce<Beginning | undefined>(
    (most, end) => (most === undefined || end.logChance > most.logChance ? end : most),
    undefined,
  );
  if (likeliestEnd !== undefined) return architectureOf(options, likeliestEnd.taken);
  throw new NseError('FAILED_PRECONDITION', 'no architecture of these options lies within the budget', {
    reason: 'BudgetUnreachable',
    field: 'constraint',
  });
}

/** Every beginning with every option of the next cell; of those with about the same costs the likeliest. */
function extended(
  beginnings: readonly Beginning[],
  costs: readonly (readonly number[])[],
  chances: readonly number[],
  measures: readonly Measure[],
  next: number,
): Beginning[] {
  const best = new Map<number, Beginning>();
  for (const { spent: before, logChance, taken } of beginnings) {
    for (const [option, added] of costs.entries()) {
      const spent = before.map((sum, measure) => sum + (added[measure] ?? 0));
      // Costs only grow: what cannot fit any more is left behind.
      if (measures.some(({ most, rest }, index) => (spent[index] ?? 0) + (rest[next] ?? 0) > most)) continue;
      const place = measures.reduce(
        (sum, { step }, index) => sum * (MOST_STEPS + 1) + Math.floor((spent[index] ?? 0) / step),
        0,
      );
      const sum = logChance + Math.log(chances[option] ?? 0);
      const held = best.get(place);
      if (held === undefined || sum > held.logChance)
        best.set(place, { spent, logChance: sum, taken: [...taken, option] });
    }
  }
  return [...best.values()];
}

function measuresOf(
  band: CostBand,
  cost: Cost,
  limits: readonly CostLimit[],
  options: readonly CellOptions[],
): Measure[] {
  const { stepsABand, mostSteps } =
    limits.length === 0 ? { stepsABand: STEPS_A_BAND, mostSteps: MOST_STEPS } : BESIDE_LIMITS;
  const width = Math.max((band.below - band.above) / stepsABand, band.below / mostSteps, Number.MIN_VALUE);
  const measure = (by: Cost, below: number, step: number): Measure => ({
    fixed: by.fixed,
    of: (cell, set) => by.of(cell, set),
    most: below * (1 + ROUNDING),
    step,
    rest: leastRest(by, options),
  });
  return [
    measure(cost, band.below, width),
    ...limits.map((limit) => measure(limit.cost, limit.below, limit.below / STEPS_A_LIMIT)),
  ];
}

function leastRest(cost: Cost, options: readonly CellOptions[]): number[] {
  const rest = [...options.map(() => 0), 0];
  for (let cell = options.length - 1; cell >= 0; cell--) {
    const own = (options[cell] ?? []).map((set) => cost.of(cell, set));
    rest[cell] = (rest[cell + 1] ?? 0) + (own.length === 0 ? 0 : Math.min(...own));
  }
  return rest;
}

function isEnd(
  band: CostBand,
  limits: readonly CostLimit[],
  [cost = 0, ...others]: readonly number[],
): boolean {
  return inBand(band, cost) && limits.every(({ below }, index) => (others[index] ?? 0) < below);
}
