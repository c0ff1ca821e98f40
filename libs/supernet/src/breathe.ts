import { setImmediate } from 'node:timers/promises';
import { NseError } from '@nse/space';

/**
 * Lets timers, sockets and the abort signal through: kernels run in the foreground, so a loop over them never waits.
 * Throws ABORTED when the signal has fired.
 */
export async function breathe(signal: AbortSignal): Promise<void> {
  await setImmediate();
  if (signal.aborted) throw new NseError('ABORTED', 'stopped by its caller', { cause: signal.reason });
}
