import { type Architecture, type CellSets, NseError } from '@nse/space';

import { type SearchSpace, uniformArchitectures } from './candidates.js';
import type { ShrinkSettings } from './settings.js';

/** What is scored before operations are dropped: architectures uniformly drawn from those within the budget. */
export function shrinkSamples(space: SearchSpace, samples: number, stage: number): readonly Architecture[] {
  return uniformArchitectures(space, samples, 'shrink', stage).map(({ architecture }) => architecture);
}

/**
 * Per cell, what is left after the weakest operations are dropped: those with the lowest mean score over the architectures that
 * hold them, the higher index on a tie. One that no architecture holds is weakest of all: so far as was sampled, no
 * architecture of the budget has it. The identity of a cell without an operation is never dropped.
 *
 * @param scores of the architectures, in their order
 */
export function shrinkSpace(
  subsets: CellSets,
  architectures: readonly Architecture[],
  scores: readonly number[],
  { keep, drop }: Pick<ShrinkSettings, 'keep' | 'drop'>,
): CellSets {
  if (scores.length !== architectures.length) {
    throw new NseError('INTERNAL', `${scores.length} scores for ${architectures.length} architectures`);
  }
  return subsets.map((subset, cell) => {
    const falling = Math.min(drop, subset.length - keep);
    if (falling <= 0) return subset;
    const means = new Map(subset.map((operation) => [operation, meanScore(cell, operation)]));
    const weakest = subset.toSorted(
      (a, b) => (means.get(a) ?? -Infinity) - (means.get(b) ?? -Infinity) || b - a,
    );
    const fallen = new Set(weakest.slice(0, falling));
    return subset.filter((operation) => !fallen.has(operation));
  });

  function meanScore(cell: number, operation: number): number {
    const own = scores.filter((_, index) => architectures[index]?.[cell]?.includes(operation) === true);
    return own.length === 0 ? -Infinity : own.reduce((sum, score) => sum + score, 0) / own.length;
  }
}

/** How many times operations are dropped until every cell holds `keep`. */
export function shrinkStages(
  subsets: CellSets,
  { keep, drop }: Pick<ShrinkSettings, 'keep' | 'drop'>,
): number {
  const largest = subsets.reduce((most, { length }) => Math.max(most, length), 0);
  return Math.max(0, Math.ceil((largest - keep) / drop));
}
