import { median } from 'simple-statistics';

import { NseError } from './error.js';
import type { TrustPair } from './latency-trust.js';

/** How a device's pace compares with that at which its latency table was measured. */
export interface TablePace {
  /** What times of now are multiplied by to be as at the table's pace; above 1 where the device is quicker now. */
  readonly scale: number;
  /** By how many whole architectures of the table, measured again. */
  readonly architectures: number;
}

/**
 * `even`: all takes longer or shorter by about one factor, by which times can be scaled. `uneven`: some does and some does not. `large`: by
 * a factor above 2.
 */
export type PaceChange = 'even' | 'uneven' | 'large';

/** A device at a pace that differs by more is in another state, or another device: its table says little of it. */
const MOST_CHANGE = 2;

/** Half of the architectures must have changed alike to this part: else some got slower and others did not, and no one factor says it. */
const MOST_APART = 0.1;

/**
 * The architectures of a table to measure again: those that took nearest to `targetMs`, or to the middle of all where there is no
 * target; fewer where the table has fewer.
 */
export function paceReferences(
  pairs: readonly TrustPair[],
  number: number,
  targetMs?: number,
): readonly TrustPair[] {
  if (pairs.length === 0) return [];
  const aim = targetMs ?? median(pairs.map(({ measuredMs }) => measuredMs));
  const away = ({ measuredMs }: TrustPair) => Math.abs(measuredMs - aim);
  return [...pairs].sort((a, b) => away(a) - away(b)).slice(0, number);
}

/**
 * The pace by [time by which the table was judged, time now] of architectures, in the same unit: the median of their ratios, so that a
 * single wild time does not move it; and whether times can be scaled by it. Raises INVALID_ARGUMENT where there are none, or a
 * time is not above 0.
 */
export function tablePace(times: readonly (readonly [then: number, now: number])[]): {
  readonly pace: TablePace;
  readonly change: PaceChange;
} {
  if (times.length === 0 || times.flat().some((time) => !(time > 0 && Number.isFinite(time))))
    throw new NseError('INVALID_ARGUMENT', 'a pace needs architectures with times above 0', {
      field: 'times',
    });
  const ratios = times.map(([then, now]) => then / now);
  const scale = median(ratios);
  return { pace: { scale, architectures: times.length }, change: changeOf(scale, ratios) };
}

function changeOf(scale: number, ratios: readonly number[]): PaceChange {
  if (median(ratios.map((ratio) => Math.abs(ratio / scale - 1))) > MOST_APART) return 'uneven';
  return scale <= MOST_CHANGE && scale >= 1 / MOST_CHANGE ? 'even' : 'large';
}
