import { macroNetwork } from '../macro.js';
import { POOLS } from '../pool.js';

/**
 * A macro network small enough to list every architecture of its subsets: cells N R N R R E, sizes 16 down to
 * 2.
 */
export const small = macroNetwork({
  plan: 'NER',
  depths: [1, 1, 0, 0, 0, 0],
  widths: [8, 8, 16, 16, 24, 24, 32],
  scale: 1,
  stemStride: 1,
  imageSize: 16,
  imageChannels: 1,
  classes: 10,
  tailChannels: 64,
});

export const pool = POOLS.mac27;

/** All subsets of the items. */
export function subsetsOf<T>(items: readonly T[]): T[][] {
  return items.reduce<T[][]>((sets, item) => [...sets, ...sets.map((set) => [...set, item])], [[]]);
}

/** All ways to take one entry from each list. */
export function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);
}
