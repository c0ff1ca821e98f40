import { type Measured } from './interleave.js';
import { type Measure } from './measure.js';
import { ratios, type Spread, spreadOf } from './spread.js';

export const OURS = 'ours';
export const STOCK = 'stock tfjs';
export const TORCH = 'PyTorch';
export const TORCH_CHANNELS_LAST = 'PyTorch channels last';

/** How many times as fast as that contestant ours is to be. */
export const GOALS: ReadonlyMap<string, number> = new Map([
  [STOCK, 3],
  [TORCH, 1],
]);

/** One contestant in one measure. */
export interface Standing {
  readonly contestant: string;
  /** Milliseconds for one step or architecture. */
  readonly ms: Spread;
  /** Its time divided by ours, pair by pair: above 1, ours is faster. Absent for ours. */
  readonly ratio?: Spread;
  /** Least ratio asked for, and whether the median reaches it. */
  readonly goal?: number;
  readonly met?: boolean;
}

/** One measure of one shape. */
export interface Result {
  readonly measure: Measure;
  readonly lossGap: number;
  readonly standings: readonly Standing[];
}

/** Medians, quartiles and ratios of what was measured. */
export function resultOf(measure: Measure, { times, lossGap }: Measured): Result {
  const own = times.get(OURS) ?? [];
  const standings = [...times].map(([contestant, seconds]): Standing => {
    const ms = spreadOf(seconds.map((value) => value * 1000));
    if (contestant === OURS) return { contestant, ms };
    const ratio = spreadOf(ratios(own, seconds));
    const goal = GOALS.get(contestant);
    return { contestant, ms, ratio, ...(goal === undefined ? {} : { goal, met: ratio.median >= goal }) };
  });
  return { measure, lossGap, standings };
}
