import { isDeepStrictEqual } from 'node:util';
import { Halt } from '@nse/jobs';
import type { Bus } from '@nse/messaging';
import type { Claim } from './claim.js';
import type { JobRecord } from './job.js';
import type { JobStore } from './job-store.js';
import { untilUnwanted } from './wanted.js';

/** The job was ended by a client, or taken over: nothing more is to be written of it. */
export class TakenAway extends Halt {}

/** Nobody wants the job any more. */
export class Unwanted extends Halt {}

/**
 * Does the work of a job. Its signal aborts, with the reason, once the job is taken away or nobody wants it any more, or with what
 * keeps us from seeing whether that is so. Raises that reason then, and what the work raises.
 */
export async function guarded<T>(
  bus: Bus,
  store: JobStore,
  claim: Claim,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const [stop, done] = [new AbortController(), new AbortController()];
  const watching = watch(bus, store, claim, stop, AbortSignal.any([signal, done.signal]));
  try {
    const either = AbortSignal.any([signal, stop.signal]);
    const result = await work(either);
    stop.signal.throwIfAborted();
    return result;
  } catch (error) {
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    done.abort();
    await watching;
  }
}

async function watch(
  bus: Bus,
  store: JobStore,
  claim: Claim,
  stop: AbortController,
  signal: AbortSignal,
): Promise<void> {
  let known: Pick<JobRecord, 'byClient' | 'searches'> | undefined;
  let asking = new AbortController();
  try {
    for await (const job of store.watch(claim.job.request, signal)) {
      if (job === undefined || !claim.holds(job)) {
        stop.abort(new TakenAway(`job ${claim.key} was taken away`));
        return;
      }
      const wanted = { byClient: job.byClient, searches: job.searches };
      if (isDeepStrictEqual(wanted, known)) continue;
      known = wanted;
      asking.abort();
      asking = new AbortController();
      void stopUnwanted(bus, wanted, stop, AbortSignal.any([signal, asking.signal]));
    }
  } catch (error) {
    // Blind work could go on for hours after a pause: stop, and let it be tried again.
    if (!signal.aborted) stop.abort(error);
  } finally {
    asking.abort();
  }
}

async function stopUnwanted(
  bus: Bus,
  wanted: Pick<JobRecord, 'byClient' | 'searches'>,
  stop: AbortController,
  signal: AbortSignal,
): Promise<void> {
  try {
    const why = await untilUnwanted(bus, wanted, signal);
    if (why !== undefined) stop.abort(new Unwanted(why));
  } catch (error) {
    if (!signal.aborted) stop.abort(error);
  }
}
