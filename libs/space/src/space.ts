import type { Architecture, CellSets } from './architecture.js';
import { NseError } from './error.js';
import { type Random, shuffled } from './random.js';

/** The search space between two rounds. */
export interface SpaceState {
  /** Per cell, the operations in the supernet this round, ascending. */
  readonly subsets: CellSets;
  /** Per cell, the operations not traversed yet, the next one first. */
  readonly pending: CellSets;
  /** Per cell, the operations that the last front uses, ascending; all empty before there is a front. */
  readonly optimized: CellSets;
}

/** The space of round 1: every cell's pool in a random order, the first K of it as its subset. */
export function firstSpace(cells: number, poolSize: number, subsetSize: number, random: Random): SpaceState {
  const pool = Array.from({ length: poolSize }, (_, operation) => operation);
  const pending = Array.from({ length: cells }, () => shuffled(pool, random));
  return refill(
    pending.map(() => []),
    pending,
    subsetSize,
  );
}

/** The space of the next round: what the front uses, filled up from the pending lists. */
export function nextSpace(state: SpaceState, front: readonly Architecture[], subsetSize: number): SpaceState {
  return refill(inherit(front, state.pending.length), state.pending, subsetSize);
}

/** The optimized space: per cell, the union of the front's operations, ascending. */
export function inherit(front: readonly Architecture[], cells: number): CellSets {
  return Array.from({ length: cells }, (_, cell) =>
    ascending(new Set(front.flatMap((architecture) => architecture[cell] ?? []))),
  );
}

/**
 * Per cell, the optimized space and, up to K, the next pending operations. K is no cap: an optimized space
 * that is larger stays whole (golden README, difference 8).
 */
export function refill(optimized: CellSets, pending: CellSets, subsetSize: number): SpaceState {
  const cells = optimized.map((operations, cell) => {
    const subset = new Set(operations);
    const waiting = (pending[cell] ?? []).filter((operation) => !subset.has(operation));
    const taken = waiting.splice(0, Math.max(0, subsetSize - subset.size));
    return { subset: ascending([...subset, ...taken]), pending: waiting };
  });
  return {
    subsets: cells.map(({ subset }) => subset),
    pending: cells.map(({ pending: waiting }) => waiting),
    optimized: optimized.map(ascending),
  };
}

/** In how many cells the round tries operations that waited: an optimized space that fills K leaves no room. */
export function cellsWithRoom({ subsets, optimized }: SpaceState): number {
  return subsets.filter(({ length }, cell) => length > (optimized[cell] ?? []).length).length;
}

/**
 * Goes on with a larger pool: operations `from` to `to - 1` are new and join every pending list, in a random
 * order, behind what still waits there.
 */
export function extendPending(pending: CellSets, from: number, to: number, random: Random): CellSets {
  const added = Array.from({ length: to - from }, (_, offset) => from + offset);
  return pending.map((waiting) => [...waiting, ...shuffled(added, random)]);
}

/**
 * How many rounds traverse the whole pool: floor((pool - 1) / (K - 1)), at least 1.
 * Throws INVALID_ARGUMENT for a K under 2, with which no round could try anything new.
 */
export function roundsFor(poolSize: number, subsetSize: number): number {
  if (!Number.isSafeInteger(subsetSize) || subsetSize < 2) {
    throw NseError.invalid([{ field: 'subsetSize', description: 'is a whole number, 2 or more' }]);
  }
  return Math.max(1, Math.floor((poolSize - 1) / (subsetSize - 1)));
}

const ascending = (operations: Iterable<number>): number[] => [...operations].sort((a, b) => a - b);
