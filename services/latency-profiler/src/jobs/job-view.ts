import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nse/telemetry';
import { Bell } from '../bell.js';
import { type JobRecord, keyOf } from './job.js';
import type { JobStore } from './job-store.js';

const AGAIN_MS = 1_000;

/** All jobs as this process knows them. It may lag behind: what is decided by it is done by compare-and-set. */
export class JobView {
  private readonly known = new Map<string, JobRecord>();
  /** Rings when a job has changed. */
  readonly bell = new Bell();

  /** Follows the jobs until the signal aborts. */
  constructor(
    private readonly store: JobStore,
    private readonly log: Logger,
    signal: AbortSignal,
  ) {
    void this.follow(signal);
  }

  jobs(): Iterable<JobRecord> {
    return this.known.values();
  }

  /** What this process has written itself need not be waited for. */
  note(job: JobRecord): void {
    this.known.set(keyOf(job.request), job);
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const stopped = () => signal.aborted;
    while (!stopped()) {
      this.known.clear();
      try {
        for await (const change of this.store.changes(signal)) {
          if (change.kind === 'set') this.known.set(change.key, change.value);
          else this.known.delete(change.key);
          this.bell.ring();
        }
      } catch (error) {
        if (stopped()) return;
        this.log.warn({ err: error }, 'cannot follow the jobs of devices; trying again');
        await delay(AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
