import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';

/** Tries in a row to take up a broken stream again. */
const MAX_RECONNECTS = 60;

/**
 * Everything that a stream tells, up to and with the update that says that it is over. A stream that breaks or ends early is
 * opened again, so an update may come twice. Raises the stream's error where it will not pass, or UNAVAILABLE where the
 * service stays away for a minute, and AbortError once the signal aborts.
 */
export async function* updates<T>(
  open: () => AsyncGenerator<T, void>,
  isLast: (update: T) => boolean,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  for (let broken = 0; ; broken++) {
    try {
      for await (const update of open()) {
        broken = 0;
        yield update;
        if (isLast(update)) return;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!NseError.from(error).retryable || broken >= MAX_RECONNECTS) throw error;
    }
    await delay(1_000, undefined, { signal });
  }
}
