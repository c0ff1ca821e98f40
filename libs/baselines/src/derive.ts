import { type Architecture, type Cost, type CostBand, inBand, NseError } from '@nse/space';

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

/** The best beginning of an architecture with about that cost. */
interface Beginning {
  readonly cost: number;
  readonly logChance: number;
  readonly taken: readonly number[];
}

const STEPS_A_BAND = 256;
const MOST_STEPS = 60_000;

/**
 * The likeliest architecture within the band, where `likeliest` alone may cost anything: cell by cell the likeliest beginning
 * of every cost, with costs in steps of 1/256 of the band, and its true cost kept. So it is the best up to that rounding, and
 * always within the band. Throws FAILED_PRECONDITION, reason `BudgetUnreachable`, where it finds none.
 */
export function likeliestWithin(
  band: CostBand,
  cost: Cost,
  options: readonly CellOptions[],
  probabilities: readonly (readonly number[])[],
): Architecture {
  const step = Math.max((band.below - band.above) / STEPS_A_BAND, band.below / MOST_STEPS, Number.MIN_VALUE);
  let beginnings: Beginning[] = [{ cost: cost.fixed, logChance: 0, taken: [] }];
  for (const [cell, own] of options.entries()) {
    const best = new Map<number, Beginning>();
    const costs = own.map((set) => cost.of(cell, set));
    for (const beginning of beginnings) {
      for (const [option, added] of costs.entries()) {
        extend(best, beginning, option, added, probabilities[cell]?.[option] ?? 0);
      }
    }
    beginnings = [...best.values()];
  }
  const ends = beginnings.filter((end) => inBand(band, end.cost));
  const likeliestEnd = ends.reduce<Beginning | undefined>(
    (most, end) => (most === undefined || end.logChance > most.logChance ? end : most),
    undefined,
  );
  if (likeliestEnd !== undefined) return architectureOf(options, likeliestEnd.taken);
  throw new NseError('FAILED_PRECONDITION', 'no architecture of these options lies within the budget', {
    reason: 'BudgetUnreachable',
    field: 'constraint',
  });

  function extend(
    best: Map<number, Beginning>,
    { cost: before, logChance, taken }: Beginning,
    option: number,
    added: number,
    chance: number,
  ): void {
    const total = before + added;
    // Costs only grow: what is above the band already stays above it.
    if (total > band.below) return;
    const place = Math.floor(total / step);
    const sum = logChance + Math.log(chance);
    const held = best.get(place);
    if (held === undefined || sum > held.logChance)
      best.set(place, { cost: total, logChance: sum, taken: [...taken, option] });
  }
}
