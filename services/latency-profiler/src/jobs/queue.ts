import type { Device } from '@nse/devices';
import type { Bus } from '@nse/messaging';
import { metrics } from '@nse/telemetry';
import { Claim } from './claim.js';
import { guarded } from './guard.js';
import { jobText, nextJob } from './job.js';
import type { JobStore } from './job-store.js';
import type { JobView } from './job-view.js';
import { settle, type Settling } from './settle.js';

/** Looked again after so long where nothing was heard: a pause after a failure may be over. */
const LOOK_EVERY_MS = 1_000;

/** Does what a job asks for, on its device, to the end, and records what it comes to. Its signal's abort is raised. */
export type Perform = (claim: Claim, device: Device, signal: AbortSignal) => Promise<void>;

export interface QueueOptions extends Settling {
  readonly bus: Bus;
  readonly store: JobStore;
  readonly view: JobView;
  readonly perform: Perform;
  /** Names this process; one that is gone has another name than its successor. */
  readonly owner: string;
}

/** Does the jobs of a device, one at a time, oldest first, until the signal aborts. */
export async function workOn(device: Device, options: QueueOptions, signal: AbortSignal): Promise<void> {
  const { store, view, owner, log } = options;
  while (!signal.aborted) {
    const heard = view.bell.heard(signal, LOOK_EVERY_MS);
    const next = nextJob(view.jobs(), device.facts.id, owner, new Date().toISOString());
    if (next === undefined) {
      await heard;
      continue;
    }
    try {
      const claim = await Claim.take(store, next, owner);
      // Somebody ended it; the view will know.
      if (claim === undefined) await heard;
      else await attempt(claim, device, options, signal);
    } catch (error) {
      log.warn({ err: error, job: jobText(next.request) }, 'cannot write of a job; trying again');
      await heard;
    }
  }
}

async function attempt(
  claim: Claim,
  device: Device,
  options: QueueOptions,
  signal: AbortSignal,
): Promise<void> {
  const { bus, store, view, perform, log } = options;
  view.note(claim.job);
  const job = jobText(claim.job.request);
  const { kind } = claim.job.request;
  const took = metrics.deviceAttemptDuration.startTimer({ kind });
  log.info({ job, device: device.facts.id, attempt: claim.job.attempts }, 'begun');
  try {
    await guarded(bus, store, claim, signal, (either) => perform(claim, device, either));
    await claim.succeed();
    await store.forgetPart(claim.key);
    log.info({ job, device: device.facts.id }, 'done');
  } catch (error) {
    await settle(claim, error, options, signal);
  }
  const now = await store.get(claim.job.request);
  took();
  if (now === undefined) return;
  metrics.deviceAttempts.inc({ kind, outcome: now.state });
  view.note(now);
}
