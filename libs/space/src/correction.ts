import { median } from 'simple-statistics';

import { operationFactors, type Residual } from './operation-factors.js';

/** What turns the sum over a table into what a device takes: scale x sum + additionMs x additions + bias. */
export interface Correction {
  readonly scale: number;
  /** By what the times of operations are multiplied before they are summed, by their keys (`entryKey`); 1 for those that it lacks. */
  readonly factors?: Readonly<Record<string, number>>;
  /** What a further branch brings besides its operation: code and weights that are not in the nearest caches. Not negative. */
  readonly additionMs: number;
  readonly biasMs: number;
}

export const NO_CORRECTION: Correction = { scale: 1, additionMs: 0, biasMs: 0 };

/** An operation in its place, by its key, and its time. */
export type OperationTime = readonly [key: string, ms: number];

/** A whole architecture, measured directly. Times in milliseconds. */
export interface MeasuredPair {
  readonly code: string;
  /** The sum over the table, uncorrected. */
  readonly sumMs: number;
  /** The key and the time, uncorrected, of each of its operations. */
  readonly operations: readonly OperationTime[];
  /** How many additions join its branches. */
  readonly additions: number;
  readonly measuredMs: number;
}

/** Halving so often finds `additionMs` to a millionth of where it is looked for. */
const HALVINGS = 30;

/**
 * The correction of the sum with the least sum of absolute relative errors, as single wild measurements do not move it, and a small
 * network counts as much as a large one; then a factor for each operation that is in one of the architectures, by what is left.
 */
export function fitCorrection(pairs: readonly MeasuredPair[]): Correction {
  const correction = fitSum(pairs);
  const residuals = pairs.map((pair): Residual => {
    const shareOf = ([key, ms]: OperationTime) => [key, (correction.scale * ms) / pair.measuredMs] as const;
    return { share: -relativeError(ofSum(correction, pair), pair), operations: pair.operations.map(shareOf) };
  });
  const factors = operationFactors(residuals);
  return Object.keys(factors).length === 0 ? correction : { ...correction, factors };
}

/** Without factors. That least sum is a convex function of `additionMs`, so its minimum is found by sections. */
function fitSum(pairs: readonly MeasuredPair[]): Correction {
  if (pairs.length === 0) return NO_CORRECTION;
  const lineAt = (additionMs: number) => bestLine(pairs, additionMs);
  let low = lineAt(0);
  let high = lineAt(mostAdditionMs(pairs));
  for (let halving = 0; halving < HALVINGS; halving++) {
    const width = high.additionMs - low.additionMs;
    const [lower, upper] = [lineAt(low.additionMs + width / 3), lineAt(high.additionMs - width / 3)];
    if (errorSum(lower, pairs) <= errorSum(upper, pairs)) high = upper;
    else low = lower;
  }
  return errorSum(low, pairs) <= errorSum(high, pairs) ? low : high;
}

/** With more, additions alone would take longer than a whole architecture. */
function mostAdditionMs(pairs: readonly MeasuredPair[]): number {
  const most = pairs.flatMap(({ additions, measuredMs }) => (additions > 0 ? [measuredMs / additions] : []));
  return most.length === 0 ? 0 : Math.min(...most);
}

/**
 * The line of the least sum of errors where additions take so long. It passes through two of the points (Barrodale and Roberts, SIAM J.
 * Numer. Anal. 10, 1973), so all pairs are tried. Where no rising line does better, or there are no two different sums, it is a bias alone.
 */
function bestLine(pairs: readonly MeasuredPair[], additionMs: number): Correction {
  const rests = pairs.map(({ sumMs, additions, measuredMs }) => {
    return { sumMs, restMs: measuredMs - additionMs * additions };
  });
  const lines = rests.flatMap((one, index) =>
    rests.slice(index + 1).flatMap((other): Correction[] => {
      const scale = (other.restMs - one.restMs) / (other.sumMs - one.sumMs);
      if (!Number.isFinite(scale) || scale <= 0) return [];
      return [{ scale, additionMs, biasMs: one.restMs - scale * one.sumMs }];
    }),
  );
  const biasMs = median(rests.map(({ sumMs, restMs }) => restMs - sumMs));
  const shift = { scale: 1, additionMs, biasMs };
  return lines.reduce(
    (best, line) => {
      const sum = errorSum(line, pairs);
      return sum < best.sum ? { line, sum } : best;
    },
    { line: shift, sum: errorSum(shift, pairs) },
  ).line;
}

const errorSum = (correction: Correction, pairs: readonly MeasuredPair[]): number =>
  pairs.reduce((sum, pair) => sum + Math.abs(relativeError(ofSum(correction, pair), pair)), 0);

/** What the correction makes of an architecture, in milliseconds. */
export function corrected(
  correction: Correction,
  { sumMs, operations, additions }: Omit<MeasuredPair, 'code' | 'measuredMs'>,
): number {
  const { factors = {} } = correction;
  const more = operations.reduce((sum, [key, ms]) => sum + ms * ((factors[key] ?? 1) - 1), 0);
  return ofSum(correction, { sumMs: sumMs + more, additions });
}

const ofSum = (
  { scale, additionMs, biasMs }: Correction,
  { sumMs, additions }: Pick<MeasuredPair, 'sumMs' | 'additions'>,
): number => scale * sumMs + additionMs * additions + biasMs;

/** How far a prediction is off, as a share of what was measured. */
export const relativeError = (predictedMs: number, { measuredMs }: { readonly measuredMs: number }) =>
  (predictedMs - measuredMs) / measuredMs;
