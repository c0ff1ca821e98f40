import type { MeasuredPair } from '../correction.js';

/** Architectures of such sums, of which nothing is known but how many additions they have. */
export const pairsOf = (
  values: readonly number[],
  measure: (sum: number, place: number) => number,
  additions: (place: number) => number = () => 0,
) =>
  values.map((sumMs, place): MeasuredPair => {
    const measuredMs = measure(sumMs, place);
    return { code: String(place), sumMs, operations: [], additions: additions(place), measuredMs };
  });
