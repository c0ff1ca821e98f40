import { kendall, randomFrom } from '@nse/space';
import { bootstrapInterval } from './bootstrap.js';

/** An architecture's score with shared weights beside its accuracy after training from scratch. */
export interface RankedPair {
  readonly supernetAccuracy: number;
  readonly testAccuracy: number;
}

/** How well the order by shared weights agrees with the order after training from scratch. */
export interface RankCorrelation {
  readonly architectures: number;
  /** Kendall's tau-b; null where all are equal in one of them. */
  readonly tau: number | null;
  /** Its 95 % interval, by bootstrap over the architectures. */
  readonly interval: readonly [low: number, high: number] | null;
}

/** Kendall's tau-b of the pairs with its interval. The seed decides the bootstrap's draws. */
export function rankCorrelation(pairs: readonly RankedPair[], seed: number): RankCorrelation {
  return {
    architectures: pairs.length,
    tau: tauOf(pairs),
    interval: bootstrapInterval(pairs, tauOf, randomFrom(seed, 'bootstrap')),
  };
}

function tauOf(pairs: readonly RankedPair[]): number | null {
  const tau = kendall(
    pairs.map(({ supernetAccuracy }) => supernetAccuracy),
    pairs.map(({ testAccuracy }) => testAccuracy),
  );
  return Number.isFinite(tau) ? tau : null;
}
