import { mean, sampleStandardDeviation } from 'simple-statistics';

/** What several runs that differ in their seeds came to. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  /** Of the sample; null for one. */
  readonly deviation: number | null;
  readonly min: number;
  readonly max: number;
}

/** The spread of values; null of none. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const list = [...values];
  return {
    count: list.length,
    mean: mean(list),
    deviation: list.length < 2 ? null : sampleStandardDeviation(list),
    min: Math.min(...list),
    max: Math.max(...list),
  };
}
