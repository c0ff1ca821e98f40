import type { CellSets } from './architecture.js';
import type { Emptiable, Fitness } from './choice.js';

export interface PruneInput {
  readonly cells: readonly Emptiable[];
  readonly subsets: CellSets;
  readonly fitness: Fitness;
  /** Operations that always stay: the last optimized space. */
  readonly optimized: CellSets;
  /** An operation falls when its logit is less than this (paper: -2). */
  readonly below: number;
}

export interface Pruned {
  /** Per cell, what stays, in the order of the subset. */
  readonly subsets: CellSets;
  /** Per cell, what fell in this step. */
  readonly pruned: CellSets;
}

/** An E/R cell with this many operations or fewer loses none (golden README, difference 2). */
const LEAST_TO_PRUNE_FROM = 2;

/**
 * Drops the operations whose logit fell under the threshold (algorithm page, "One round", 2). An N cell may
 * become empty. An E/R cell with two operations loses none; from a larger one several may fall in one step,
 * but the fittest stays.
 */
export function prune({ cells, subsets, fitness, optimized, below }: PruneInput): Pruned {
  const kept = cells.map(({ identity }, cell) => {
    const subset = subsets[cell] ?? [];
    if (!identity && subset.length <= LEAST_TO_PRUNE_FROM) return subset;
    const logits = fitness[cell] ?? [];
    const stays = subset.filter(
      (operation, place) => !((logits[place] ?? 0) < below) || optimized[cell]?.includes(operation) === true,
    );
    if (stays.length > 0 || identity) return stays;
    const fittest = logits.indexOf(Math.max(...logits));
    return subset.filter((_, place) => place === fittest);
  });
  return {
    subsets: kept,
    pruned: kept.map((stays, cell) =>
      (subsets[cell] ?? []).filter((operation) => !stays.includes(operation)),
    ),
  };
}
