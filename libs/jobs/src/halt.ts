import { NseError } from '@nse/space';

/**
 * Why a signal aborts when its work is not wanted any more: the search was paused, cancelled, given up or deleted. What runs for
 * it is ended and removed. A signal that aborts for any other reason means that this process stops: what it started elsewhere
 * goes on, and the next process takes it over.
 */
export class Halt extends NseError {
  constructor(message: string) {
    super('ABORTED', message);
  }
}

/** Whether the signal's work is not wanted any more. */
export function isHalted(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof Halt;
}
