import { binomialDistribution, medianSorted } from 'simple-statistics';

/** A median and the interval that holds it, in the values' unit. */
export interface MedianInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The chance that the true median lies outside of an interval. */
const risk = 0.05;

/** Of fewer values even the smallest and the largest enclose the median with less than 95 %: 2 x 0.5^5 > 0.05. */
export const fewestForInterval = 6;

/**
 * The median with its 95 % interval by order statistics, which supposes nothing of the distribution: the k-th smallest and the k-th
 * largest value, k as large as the binomial distribution allows. Of fewer than `fewestForInterval` values the interval is
 * their range. Raises RangeError for none. Source: Conover, Practical Nonparametric Statistics, 3.2 (confidence interval of a quantile).
 */
export function medianInterval(values: readonly number[]): MedianInterval {
  const sorted = Float64Array.from(values).sort();
  const first = sorted[0];
  const last = sorted[sorted.length - 1];
  if (first === undefined || last === undefined) throw new RangeError('no values have no median');
  const rank = Math.max(1, lowerRank(sorted.length));
  return {
    median: medianSorted(Array.from(sorted)),
    low: sorted[rank - 1] ?? first,
    high: sorted[sorted.length - rank] ?? last,
  };
}

/** Whether both ends of the interval are within the share of the median. */
export function isWithin({ median, low, high }: MedianInterval, share: number): boolean {
  return high - median <= share * median && median - low <= share * median;
}

/** The largest k (from 1) with P(fewer than k of the values lie below the median) <= 2.5 %; 0 where there is none. */
function lowerRank(count: number): number {
  const chances = binomialDistribution(count, 0.5) ?? [];
  let below = 0;
  let rank = 0;
  for (const chance of chances) {
    below += chance;
    if (below > risk / 2) break;
    rank++;
  }
  return rank;
}
