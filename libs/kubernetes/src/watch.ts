import { setTimeout as delay } from 'node:timers/promises';
import type { Watch } from '@kubernetes/client-node';
import type { Logger } from '@nse/telemetry';

/** The server ends a watch after so long. It is opened again. */
const watchSeconds = 240;
const firstPauseMs = 500;
const longestPauseMs = 15_000;

/** What is watched: a collection's path, such as `/api/v1/namespaces/nse/pods`, and of it what a selector fits. */
export interface Watched {
  readonly path: string;
  readonly labelSelector?: string;
}

/** What every object that is told has of itself. */
export interface WatchedObject {
  readonly metadata?: {
    readonly name?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/** How an object came to be told: it is there, it changed, or it is gone. */
export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/**
 * Calls `seen` with each object of the collection, as they are and as they change, until the connection ends; then gives why, where
 * that is known. There may be gaps.
 */
export async function watchOnce(
  watches: Watch,
  { path, labelSelector }: Watched,
  seen: (object: WatchedObject, type: ChangeType) => void,
  signal: AbortSignal,
): Promise<unknown> {
  const query = { timeoutSeconds: watchSeconds, ...(labelSelector === undefined ? {} : { labelSelector }) };
  // The server's own end should come first; a connection that is dead without a word would never end.
  const over = AbortSignal.any([signal, AbortSignal.timeout((watchSeconds + 30) * 1_000)]);
  return await new Promise((resolve) => {
    const opened = watches.watch(
      path,
      query,
      (type: string, object: WatchedObject) => {
        // Such as 410: what was missed will be told by the next watch, which begins with all that is there.
        if (type === 'ERROR') resolve(object);
        else if (isChange(type)) seen(object, type);
      },
      resolve,
    );
    const close = () => {
      resolve(undefined);
      void opened.then((controller) => controller.abort()).catch(() => undefined);
    };
    opened.catch(resolve);
    over.addEventListener('abort', close, { once: true });
    if (over.aborted) close();
  });
}

const isChange = (type: string): type is ChangeType =>
  type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED';

/** Opens a watch again whenever it ends, with pauses that grow while it does not hold, until the signal aborts. */
export async function keepWatching(
  what: string,
  open: () => Promise<unknown>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    const began = performance.now();
    const reason = await open();
    log.debug({ err: reason, what }, 'the watch of Kubernetes ended; opening it again');
    // One that held for a while was sound.
    pauseMs = performance.now() - began > 5_000 ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs);
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
