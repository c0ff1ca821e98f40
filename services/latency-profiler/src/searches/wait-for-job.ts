import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';
import { type Interest, isOver, type JobRecord, type JobRequest, jobText } from '../jobs/job.js';
import type { JobStore } from '../jobs/job-store.js';
import { tellMissing } from '../jobs/missing.js';
import type { Profiler } from '../profiler.js';

/** What was ended for a search that was just resumed is asked for again after so long. */
const AGAIN_MS = 500;

/**
 * Asks for a job on behalf of a search and waits for its end, telling how far it is. Raises FAILED_PRECONDITION with the reason where
 * it was given up or ended by a client, and what the signal aborts with: the job itself goes on, unless nobody wants it any more.
 */
export async function waitForJob(
  { store, registry }: Pick<Profiler, 'store' | 'registry'>,
  request: JobRequest,
  wanted: Interest,
  told: (job: JobRecord) => Promise<void>,
  signal: AbortSignal,
): Promise<JobRecord> {
  for (;;) {
    const asked = await store.ask(request, wanted);
    await tellMissing(store, asked, await registry.find(request.device), await registry.attachedText());
    const job = await untilOver(store, request, told, signal);
    if (job?.state === 'succeeded') return job;
    if (job?.state === 'failed') {
      const tries = `${job.attempts} ${job.attempts === 1 ? 'attempt' : 'attempts'}`;
      throw failed(`${jobText(request)} on device "${request.device}" failed after ${tries}: ${job.reason}`);
    }
    if (job?.endedByClient === true) throw failed(`${jobText(request)} was cancelled`);
    await delay(AGAIN_MS, undefined, { signal });
  }
}

const failed = (message: string) => new NseError('FAILED_PRECONDITION', message);

/** The job at its end; undefined where it was removed. */
async function untilOver(
  store: JobStore,
  request: JobRequest,
  told: (job: JobRecord) => Promise<void>,
  signal: AbortSignal,
): Promise<JobRecord | undefined> {
  const over = new AbortController();
  try {
    for await (const job of store.watch(request, AbortSignal.any([signal, over.signal]))) {
      if (job === undefined || isOver(job)) return job;
      await told(job);
    }
  } finally {
    over.abort();
  }
  signal.throwIfAborted();
  return undefined;
}
