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

/**
 * Beginnings of architectures, up to the same cell, in columns: there are tens of thousands of them, and each is looked at once for
 * every option of the next cell.
 */
interface Beginnings {
  /** By measure and beginning. */
  readonly spent: readonly number[][];
  readonly logChances: number[];
  /** Which beginning of the cell before it goes on from, and by which option. */
  readonly parents: number[];
  readonly options: number[];
}

/** One of the costs that count: that of the band, or of a limit. */
interface Measure {
  readonly fixed: number;
  readonly of: (cell: number, set: readonly number[]) => number;
  /** More can never fit. */
  readonly most: number;
  /** Costs in the same step count as equal until the end. */
  readonly step: number;
  /** How many steps there are up to the most. */
  readonly steps: number;
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
  const start = { logChances: [0], parents: [-1], options: [-1] };
  const levels: Beginnings[] = [{ spent: measures.map(({ fixed }) => [fixed]), ...start }];
  for (const [cell, own] of options.entries()) {
    const costs = measures.map((measure) => own.map((set) => measure.of(cell, set)));
    const logs = own.map((_, option) => Math.log(probabilities[cell]?.[option] ?? 0));
    const last = levels.at(-1);
    if (last !== undefined) levels.push(extended(last, costs, logs, measures, cell + 1));
  }
  const taken = likeliestEnd(levels, (spent) => isEnd(band, limits, spent));
  if (taken !== undefined) return architectureOf(options, taken);
  throw new NseError('FAILED_PRECONDITION', 'no architecture of these options lies within the budget', {
    reason: 'BudgetUnreachable',
    field: 'constraint',
  });
}

/** Every beginning with every option of the next cell; of those with about the same costs the likeliest. */
function extended(
  before: Beginnings,
  costs: readonly (readonly number[])[],
  logs: readonly number[],
  measures: readonly Measure[],
  next: number,
): Beginnings {
  const found: Beginnings = { spent: measures.map(() => []), logChances: [], parents: [], options: [] };
  const most = measures.map((measure) => measure.most - (measure.rest[next] ?? 0));
  const held = new Int32Array(measures.reduce((product, { steps }) => product * steps, 1)).fill(-1);
  before.logChances.forEach((logChance, parent) => {
    logs.forEach((log, option) => {
      const place = placeOf(parent, option);
      if (place < 0) return;
      const known = held[place] ?? -1;
      if (known >= 0 && logChance + log <= (found.logChances[known] ?? 0)) return;
      const index = known < 0 ? found.logChances.length : known;
      held[place] = index;
      found.logChances[index] = logChance + log;
      found.parents[index] = parent;
      found.options[index] = option;
      for (const [measure, column] of found.spent.entries()) column[index] = spentOn(measure, parent, option);
    });
  });
  return found;

  function spentOn(measure: number, parent: number, option: number): number {
    return (before.spent[measure]?.[parent] ?? 0) + (costs[measure]?.[option] ?? 0);
  }

  /** One number for the steps of all costs; below 0 where one cannot fit any more, as costs only grow. */
  function placeOf(parent: number, option: number): number {
    let place = 0;
    for (let measure = 0; measure < measures.length; measure++) {
      const sum = spentOn(measure, parent, option);
      if (sum > (most[measure] ?? 0)) return -1;
      const { step = 1, steps = 1 } = measures[measure] ?? {};
      place = place * steps + Math.floor(sum / step);
    }
    return place;
  }
}

/** The options, cell by cell, of the likeliest whole architecture that fits; the first of equally likely ones. */
function likeliestEnd(
  levels: readonly Beginnings[],
  fits: (spent: readonly number[]) => boolean,
): number[] | undefined {
  const ends = levels.at(-1);
  let best: number | undefined;
  ends?.logChances.forEach((logChance, index) => {
    if (best !== undefined && logChance <= (ends.logChances[best] ?? 0)) return;
    if (fits(ends.spent.map((column) => column[index] ?? 0))) best = index;
  });
  if (best === undefined) return undefined;
  const taken: number[] = [];
  for (let level = levels.length - 1; level > 0; level--) {
    taken.unshift(levels[level]?.options[best] ?? 0);
    best = levels[level]?.parents[best] ?? 0;
  }
  return taken;
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
    steps: Math.floor((below * (1 + ROUNDING)) / step) + 1,
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
