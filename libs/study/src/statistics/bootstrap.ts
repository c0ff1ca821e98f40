import type { Random } from '@nse/space';
import { quantileSorted } from 'simple-statistics';

/** How many times the items are drawn anew. */
const RESAMPLES = 2000;

/**
 * The 95 % interval of a statistic by the percentile bootstrap (Efron, 1979): the items are drawn anew with replacement 2,000 times.
 * Draws of which the statistic is not defined (null) are left out; null where it hardly ever is.
 */
export function bootstrapInterval<T>(
  items: readonly T[],
  statistic: (drawn: readonly T[]) => number | null,
  random: Random,
): readonly [low: number, high: number] | null {
  const values = Array.from({ length: RESAMPLES }, () =>
    statistic(items.map(() => items[random.below(items.length)] as T)),
  )
    .filter((value) => value !== null)
    .sort((a, b) => a - b);
  if (values.length < RESAMPLES / 2) return null;
  return [quantileSorted(values, 0.025), quantileSorted(values, 0.975)];
}
