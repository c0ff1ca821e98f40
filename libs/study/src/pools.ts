import { randomFrom, shuffled } from '@nse/space';

/**
 * Pools of several sizes, each within the next larger one: per size the first places of one random order, ascending. The same seeds
 * and attempt give the same pools.
 */
export function nestedPools(
  places: readonly number[],
  sizes: readonly number[],
  draw: { readonly study: number; readonly seed: number; readonly attempt: number },
): ReadonlyMap<number, readonly number[]> {
  const order = shuffled(places, randomFrom(draw.study, 'study-pool', draw.seed, draw.attempt));
  return new Map(sizes.map((size) => [size, order.slice(0, size).sort((a, b) => a - b)]));
}
