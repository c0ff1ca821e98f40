import { sampleRankCorrelation } from 'simple-statistics';

import { type Correction, corrected, fitCorrection, type MeasuredPair, relativeError } from './correction.js';
import { NseError } from './error.js';
import { kendall } from './kendall.js';

/** A whole architecture, predicted and measured. Times in milliseconds. */
export interface TrustPair {
  readonly code: string;
  /** Corrected. */
  readonly predictedMs: number;
  readonly measuredMs: number;
  /** Whether the correction was fitted to it. If so, it says nothing of how far the table can be trusted. */
  readonly fitted: boolean;
}

/** How far a table's predictions were from what the device took, on architectures that no correction was fitted to. */
export interface TrustReport {
  /** Architectures that the correction was fitted to. */
  readonly fitted: number;
  /** Architectures that all figures here are of. */
  readonly judged: number;
  /** Share of predictions that are at most 5 % off. */
  readonly within5: number;
  /** Share of predictions that are at most 10 % off. */
  readonly within10: number;
  /** Rank correlations of predicted and measured; null where all of either are equal. */
  readonly kendall: number | null;
  readonly spearman: number | null;
  /** The prediction that is farthest off; `error` is (predicted - measured) / measured. */
  readonly worst: {
    readonly code: string;
    readonly predictedMs: number;
    readonly measuredMs: number;
    readonly error: number;
  };
  readonly pairs: readonly TrustPair[];
}

/**
 * Fits a correction to every second of the architectures, from the first on, and judges it by the others. Throws
 * INVALID_ARGUMENT for fewer than 4.
 */
export function judgeTable(measured: readonly MeasuredPair[]): {
  readonly correction: Correction;
  readonly trust: TrustReport;
} {
  if (measured.length < 4) {
    const message = `a table is judged by 4 measured architectures or more, not ${measured.length}`;
    throw new NseError('INVALID_ARGUMENT', message, { field: 'trust.architectures' });
  }
  const correction = fitCorrection(measured.filter((_, place) => isFitted(place)));
  const pairs = measured.map((pair, place): TrustPair => {
    const { code, measuredMs } = pair;
    return { code, predictedMs: corrected(correction, pair), measuredMs, fitted: isFitted(place) };
  });
  return { correction, trust: trustOf(pairs) };
}

/** Halves by place, not by value, so that neither knows anything of the measurements. */
const isFitted = (place: number) => place % 2 === 0;

function trustOf(pairs: readonly TrustPair[]): TrustReport {
  const judged = pairs.filter(({ fitted }) => !fitted);
  const errors = judged.map((pair) => ({ pair, error: relativeError(pair.predictedMs, pair) }));
  const share = (most: number) =>
    errors.filter(({ error }) => Math.abs(error) <= most).length / errors.length;
  const worst = errors.reduce((a, b) => (Math.abs(b.error) > Math.abs(a.error) ? b : a));
  const { code, predictedMs, measuredMs } = worst.pair;
  const predicted = judged.map((pair) => pair.predictedMs);
  const measured = judged.map((pair) => pair.measuredMs);
  return {
    fitted: pairs.length - judged.length,
    judged: judged.length,
    within5: share(0.05),
    within10: share(0.1),
    kendall: orNull(kendall(predicted, measured)),
    spearman: orNull(sampleRankCorrelation(predicted, measured)),
    worst: { code, predictedMs, measuredMs, error: worst.error },
    pairs,
  };
}

const orNull = (value: number) => (Number.isFinite(value) ? value : null);
