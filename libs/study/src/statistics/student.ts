// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- projects that compile this from its source need the types, too
/// <reference path="./jstat.d.ts" />
import { jStat } from 'jstat';
import { linearRegression, mean, sampleStandardDeviation } from 'simple-statistics';

/** Two-sided. */
const CONFIDENCE = 0.95;

type Interval = readonly [low: number, high: number];

/** An estimate with its 95 % interval, null where there are too few values for one. */
export interface Estimate {
  readonly count: number;
  readonly value: number;
  readonly interval: Interval | null;
}

/** The mean with its interval by Student's distribution, as if the values were independent; null of none. */
export function meanEstimate(values: readonly number[]): Estimate | null {
  if (values.length === 0) return null;
  const list = [...values];
  const value = mean(list);
  const freedom = list.length - 1;
  const error = freedom < 1 ? null : sampleStandardDeviation(list) / Math.sqrt(list.length);
  return { count: list.length, value, interval: intervalOf(value, error, freedom) };
}

/**
 * The slope of the least-squares line through [x, y] with its interval by Student's distribution, as if the points were independent;
 * null where there are not two different x.
 */
export function slopeEstimate(points: readonly (readonly [x: number, y: number])[]): Estimate | null {
  if (new Set(points.map(([x]) => x)).size < 2) return null;
  const { m, b } = linearRegression(points.map(([x, y]) => [x, y]));
  const centre = mean(points.map(([x]) => x));
  const sum = (of: (x: number, y: number) => number) => points.reduce((total, [x, y]) => total + of(x, y), 0);
  const residual = sum((x, y) => (y - m * x - b) ** 2);
  const freedom = points.length - 2;
  const error = freedom < 1 ? null : Math.sqrt(residual / freedom / sum((x) => (x - centre) ** 2));
  return { count: points.length, value: m, interval: intervalOf(m, error, freedom) };
}

function intervalOf(value: number, error: number | null, freedom: number): Interval | null {
  if (error === null) return null;
  const half = jStat.studentt.inv((1 + CONFIDENCE) / 2, freedom) * error;
  return [value - half, value + half];
}
