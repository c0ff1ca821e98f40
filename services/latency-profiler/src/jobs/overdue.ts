import { setTimeout as delay } from 'node:timers/promises';
import type { Bus, States } from '@nse/messaging';
import { searchesBucket } from '@nse/service';
import type { Logger } from '@nse/telemetry';
import type { DeviceRegistry } from '../devices/registry.js';
import { isOver, jobText, keyOf, released } from './job.js';
import { tellMissing } from './missing.js';
import type { JobStore } from './job-store.js';
import type { JobView } from './job-view.js';

export interface Patience {
  /** How long a job waits for a device that was there, in ms. */
  readonly awayMs: number;
  /** How long it waits for one that was never seen, in ms. */
  readonly unknownMs: number;
  /** How often it is looked, in ms. */
  readonly everyMs: number;
}

export interface Sweep {
  readonly bus: Bus;
  readonly registry: DeviceRegistry;
  readonly store: JobStore;
  readonly view: JobView;
  readonly log: Logger;
  readonly patience: Patience;
}

/**
 * Gives up, again and again until the signal aborts, jobs whose device stays away, and forgets measurements of searches that are
 * gone. Every process does, also one without devices.
 */
export async function sweepJobs(sweep: Sweep, signal: AbortSignal): Promise<void> {
  const searches = await sweep.bus.states(searchesBucket, (value) => value);
  while (!signal.aborted) {
    try {
      await giveUpOverdue(sweep);
      await forgetOrphans(sweep, searches);
    } catch (error) {
      sweep.log.warn({ err: error }, 'cannot look after the jobs of devices; trying again');
    }
    await delay(sweep.patience.everyMs, undefined, { signal }).catch(() => undefined);
  }
}

async function giveUpOverdue({ registry, store, view, log, patience }: Sweep): Promise<void> {
  const waiting = [...view.jobs()].filter((job) => !isOver(job));
  if (waiting.length === 0) return;
  const devices = new Map((await registry.list()).map((device) => [device.facts.id, device]));
  const attached = await registry.attachedText();
  for (const job of waiting) {
    const { request, askedAt } = job;
    const device = devices.get(request.device);
    await tellMissing(store, job, device, attached);
    if (device?.state === 'attached') continue;
    const limitMs = device === undefined ? patience.unknownMs : patience.awayMs;
    const since = device === undefined || device.seenAt < askedAt ? askedAt : device.seenAt;
    const waited = Date.now() - new Date(since).getTime();
    if (waited < limitMs) continue;
    const what =
      device === undefined
        ? `no device "${request.device}" was attached within ${timeText(limitMs)}`
        : `device "${request.device}" did not come back within ${timeText(limitMs)}`;
    const reason = `${what}; ${attached}`;
    log.warn({ job: jobText(request), device: request.device }, reason);
    await store.change(keyOf(request), (now) =>
      isOver(now) || now.askedAt !== askedAt ? undefined : { ...now, ...released, state: 'failed', reason },
    );
  }
}

/** A search that is deleted tells nobody of what it had asked for. */
async function forgetOrphans({ store, view }: Sweep, searches: States<unknown>): Promise<void> {
  for (const job of [...view.jobs()]) {
    if (job.request.kind !== 'measurement' || job.byClient || !isOver(job)) continue;
    const found = await Promise.all(job.searches.map(({ search }) => searches.get(search)));
    if (found.every((entry) => entry === undefined)) await store.remove(job.request);
  }
}

const timeText = (ms: number): string =>
  ms >= 120_000 ? `${Math.round(ms / 60_000)} minutes` : `${Math.max(1, Math.round(ms / 1_000))} s`;
