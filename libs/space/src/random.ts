import { createHash } from 'node:crypto';

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A source of randomness, always derived from a seed and counters, never from the clock. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform whole number in [0, limit). */
  below(limit: number): number;
}

/**
 * The source for one purpose: the same seed and counters give the same numbers on any machine, and different
 * ones give unrelated numbers. Counters say what the numbers are for, such as `randomFrom(seed, round,
 * 'paths', step)`; a step that is repeated after a crash thus draws the same again.
 */
export function randomFrom(seed: number, ...counters: readonly (string | number)[]): Random {
  const hash = createHash('sha256')
    .update(JSON.stringify([seed, ...counters]))
    .digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => hash.readInt32LE(offset)));
  return {
    next: () => uniformFloat64(generator),
    below: (limit) => uniformInt(generator, 0, limit - 1),
  };
}

/** Standard normal, from two draws, by Box and Muller's transform; 1 - next() is in (0, 1], so that the logarithm stays finite. */
export function standardNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** The items in a random order, as a new list (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result: T[] = [];
  for (const item of items) {
    const place = random.below(result.length + 1);
    const moved = result[place];
    if (place < result.length && moved !== undefined) result.push(moved);
    result[place] = item;
  }
  return result;
}
