import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';

/** Time as an argument, for what waits. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  /** Raises ABORTED, with the signal's reason, as soon as the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wait: async (ms, signal) => {
    try {
      await delay(ms, undefined, { signal });
    } catch {
      throw stopped(signal);
    }
  },
};

/** Raises ABORTED where the signal has aborted. */
export function checkNotStopped(signal: AbortSignal): void {
  if (signal.aborted) throw stopped(signal);
}

/** What a measurement that the signal stopped raises. */
export function stopped(signal: AbortSignal): NseError {
  return new NseError('ABORTED', 'the measurement was stopped', { cause: signal.reason });
}
