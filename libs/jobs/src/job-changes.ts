import { setTimeout as delay } from 'node:timers/promises';
import { keepWatching, type WatchedObject } from '@nse/kubernetes';
import type { Logger } from '@nse/telemetry';
import type { KubernetesApi } from './kubernetes-api.js';

const jobNameLabel = 'batch.kubernetes.io/job-name';

/**
 * Tells when a Job or one of its pods may have changed. It is a hint to look, no more: whoever waits reads the Job itself, and
 * looks now and then without a hint, so that a watch that breaks, falls behind (410) or misses something loses nothing.
 */
export class JobChanges {
  private readonly waiting = new Map<string, Set<() => void>>();
  private users = 0;
  private stop = new AbortController();

  constructor(
    private readonly api: Pick<KubernetesApi, 'watch'>,
    private readonly log: Logger,
  ) {}

  /** Watches for as long as somebody does so. The result ends it, and may be called once. */
  use(): () => void {
    if (this.users++ === 0) {
      this.stop = new AbortController();
      for (const kind of ['jobs', 'pods'] as const) void this.follow(kind, this.stop.signal);
    }
    return () => {
      if (--this.users === 0) this.stop.abort();
    };
  }

  /** Waits for the next change of the Job, but not longer than so. */
  async next(job: string, withinMs: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const those = this.waiting.get(job) ?? new Set();
    const changed = () => over.abort();
    this.waiting.set(job, those.add(changed));
    await delay(withinMs, undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(
      () => undefined,
    );
    those.delete(changed);
    if (those.size === 0 && this.waiting.get(job) === those) this.waiting.delete(job);
  }

  private tell(job: string | undefined): void {
    for (const changed of this.waiting.get(job ?? '') ?? []) changed();
  }

  private async follow(kind: 'jobs' | 'pods', signal: AbortSignal): Promise<void> {
    const seen = ({ metadata }: WatchedObject) =>
      this.tell(kind === 'jobs' ? metadata?.name : metadata?.labels?.[jobNameLabel]);
    await keepWatching(kind, () => this.api.watch(kind, seen, signal), this.log, signal);
  }
}
