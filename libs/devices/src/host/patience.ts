import type { Clock } from '../clock.js';

/** There from the beginning. */
const FIRST_MS = 10_000;

/** For each ms of a call that was not waited. Calm times may be a third of all. */
const EARNED = 2;

const MOST_MS = 45_000;

/**
 * How long a host may be waited for until it is calm. Calm and disturbed times last for seconds each, up to half a minute, so a call
 * may wait for long; but all waiting together is in proportion to what is measured, as a host may be under load all the time.
 */
export class Patience {
  private leftMs = FIRST_MS;

  get maxWaitMs(): number {
    return this.leftMs;
  }

  /** A clock for one call, whose waits are counted until `over`. */
  clockOf(clock: Clock): { readonly clock: Clock; readonly over: () => void } {
    const start = clock.now();
    let waitedMs = 0;
    const wait: Clock['wait'] = async (ms, signal) => {
      waitedMs += ms;
      await clock.wait(ms, signal);
    };
    const over = () => {
      const earnedMs = EARNED * Math.max(0, clock.now() - start - waitedMs);
      this.leftMs = Math.min(MOST_MS, Math.max(0, this.leftMs - waitedMs) + earnedMs);
    };
    return { clock: { now: () => clock.now(), wait }, over };
  }
}
