import type { CellSets } from './architecture.js';
import type { Random } from './random.js';
import { extendPending, refill, roundsFor, type SpaceState } from './space.js';

/** Sizes of a pool before and after it grew: the old operations are the first ones of the new pool. */
export interface Growth {
  readonly oldPoolSize: number;
  readonly poolSize: number;
  readonly subsetSize: number;
}

/**
 * The space with which a search goes on with a larger pool (algorithm page, decision 6), and how many rounds traverse it.
 * The optimized space stays. Pending are first what the old search drew for a round that it did not finish, then its
 * pending list in its order, then the new operations in a random order. `old` is a space after a front.
 * Throws INVALID_ARGUMENT for a K under 2.
 */
export function growSpace(
  { subsets, pending, optimized }: SpaceState,
  { oldPoolSize, poolSize, subsetSize }: Growth,
  random: Random,
): { readonly space: SpaceState; readonly rounds: number } {
  const waiting = pending.map((operations, cell) => {
    const kept = optimized[cell] ?? [];
    const drawn = (subsets[cell] ?? []).filter((operation) => !kept.includes(operation));
    return [...drawn, ...operations];
  });
  const extended = extendPending(waiting, oldPoolSize, poolSize, random);
  return { space: refill(optimized, extended, subsetSize), rounds: roundsLeft(extended, subsetSize) };
}

/**
 * The space of a round that is under way when its pool becomes larger: the round itself stays as it is, and behind what waits come
 * the new operations, per cell in a random order.
 */
export function extendSpace(
  space: SpaceState,
  { oldPoolSize, poolSize }: Pick<Growth, 'oldPoolSize' | 'poolSize'>,
  random: Random,
): SpaceState {
  return { ...space, pending: extendPending(space.pending, oldPoolSize, poolSize, random) };
}

/**
 * How many further rounds give each pending operation its turn where a cell keeps one: ceil(longest / (K - 1)). Cells that keep more
 * take longer. 0 where nothing waits.
 */
export function roundsToTry(pending: CellSets, subsetSize: number): number {
  const longest = Math.max(0, ...pending.map(({ length }) => length));
  return Math.ceil(longest / (subsetSize - 1));
}

/**
 * How many rounds traverse the longest pending list where a cell keeps one operation: floor(pending / (K - 1)), at least 1.
 * For such a cell the rounds of both searches add up to those of one search on the larger pool.
 */
function roundsLeft(pending: CellSets, subsetSize: number): number {
  const longest = Math.max(0, ...pending.map(({ length }) => length));
  return roundsFor(longest + 1, subsetSize);
}
