import { setTimeout as delay } from 'node:timers/promises';
import type { Artifacts } from '@nse/messaging';
import { NseError } from '@nse/space';
import { failpoint, type Logger } from '@nse/telemetry';
import { isHalted } from './halt.js';
import type { JobOutcome, JobSpec } from './job.js';
import type { JobChanges } from './job-changes.js';
import { jobManifest, type ManifestOptions } from './job-manifest.js';
import type { KubernetesApi } from './kubernetes-api.js';
import type { Job, Pod } from './kubernetes-objects.js';
import type { Patience } from './patience.js';
import { removeJob } from './remove-job.js';
import { sweepCheckpoints } from './sweep.js';
import type { TaskStore } from './task-store.js';
import { notStarted, troubleOf, warning } from './trouble.js';
import { isOfLaterTry, isOfTry, markedWith, type Try } from './try.js';

/** What a task needs to be run. */
export interface TaskContext {
  readonly artifacts: Artifacts;
  readonly api: KubernetesApi;
  readonly changes: JobChanges;
  readonly store: TaskStore;
  readonly log: Logger;
  readonly manifest: ManifestOptions;
  /** How long to wait for a hint before looking at the Job anyway. */
  readonly resyncMs: number;
  readonly patience: Patience;
}

/** A change of a Job comes with others, of its pods: look once. */
const settleMs = 200;
/** Leftovers of earlier tries that are cleared away at most; any more are our own. */
const maxLeftovers = 3;

/** One task on its way to its end: the results decide, its Job is a means. */
export class KubernetesTask {
  /** UIDs of Jobs of other tries that were seen before their end: how they end counts. */
  private readonly own = new Set<string>();
  private leftovers = 0;
  /** Pods that failed, as last seen; undefined before. */
  private failures: number | undefined;
  /** The latest attempts before this try, whose failures are old news. */
  private before: readonly (string | undefined)[] = [];

  constructor(
    private readonly spec: JobSpec,
    private readonly ownTry: Try,
    private readonly context: TaskContext,
  ) {}

  async toEnd(signal: AbortSignal): Promise<JobOutcome> {
    const { store, changes, resyncMs } = this.context;
    for (;;) {
      // The results, not the Job, say whether the task is done: a Job is swept away some time after its end.
      const results = await store.results(this.spec.id, this.spec.replicas);
      if (results !== undefined) return await this.over({ kind: 'succeeded', results });
      if (signal.aborted) return await this.stopped(signal);
      // Begun before the look, so that no change falls between the two.
      const change = new AbortController();
      const next = changes.next(this.spec.id, resyncMs, AbortSignal.any([signal, change.signal]));
      const ended = await this.look();
      if (ended !== 'at once') {
        if (ended !== undefined) {
          change.abort();
          return await this.over(ended);
        }
        const pauseMs = this.context.patience.pauseMs;
        // An API server that does not answer will send no hint either.
        if (pauseMs > 0) change.abort();
        await next;
        await delay(Math.max(pauseMs, settleMs), undefined, { signal }).catch(() => undefined);
      }
      change.abort();
    }
  }

  /** Looks at the Job once: creates it, tells what is wrong with it, or gives how it ended. */
  private async look(): Promise<JobOutcome | 'at once' | undefined> {
    const { api, patience } = this.context;
    try {
      const job = await api.job(this.spec.id);
      if (job === undefined) await this.create();
      const ended = job === undefined ? undefined : await this.judge(job);
      patience.answered();
      return ended;
    } catch (error) {
      const refused = patience.bear(error);
      if (patience.isLong) await this.say(patience.said);
      if (refused === undefined) return undefined;
      throw new NseError('FAILED_PRECONDITION', `Kubernetes refused Job ${this.spec.id}: ${refused}`, {
        cause: error,
      });
    }
  }

  private async create(): Promise<void> {
    const { api, manifest, log, store } = this.context;
    const { id, replicas } = this.spec;
    this.before = await Promise.all(
      Array.from({ length: replicas }, async (_, index) => (await store.record(id, index))?.value.owner),
    );
    failpoint('job-start.before');
    const job = await api.create(markedWith(jobManifest(this.spec, manifest), this.ownTry));
    failpoint('job-start.after');
    log.info({ task: id }, 'created the Job');
    if (job.metadata?.uid !== undefined) this.own.add(job.metadata.uid);
  }

  private async judge(job: Job): Promise<JobOutcome | 'at once' | undefined> {
    const { store } = this.context;
    const uid = job.metadata?.uid ?? '';
    this.failures = job.status?.failed ?? 0;
    const end = endOf(job);
    if (end === undefined || job.metadata?.deletionTimestamp !== undefined) {
      if (end === undefined) this.own.add(uid);
      await this.say(await this.trouble(job));
      return undefined;
    }
    // Asked again: the last result may have come with the Job's end.
    const results = await store.results(this.spec.id, this.spec.replicas);
    if (results !== undefined) return { kind: 'succeeded', results };
    const counts = isOfTry(job, this.ownTry) || this.own.has(uid);
    if (!counts && this.leftovers++ < maxLeftovers) {
      // It ended before this try: of a search that failed and was resumed, or was deleted and made anew.
      this.context.log.info({ task: this.spec.id }, 'the Job is over, but the task is not: beginning anew');
      await removeJob(this.context, this.spec.id, uid);
      return 'at once';
    }
    return await this.failure(job, end);
  }

  private async failure(job: Job, end: End): Promise<JobOutcome> {
    const { id, replicas } = this.spec;
    const records = await Promise.all(
      Array.from({ length: replicas }, (_, index) => this.context.store.record(id, index)),
    );
    const told = records.find(
      (record, index) => record?.value.failure !== undefined && record.value.owner !== this.before[index],
    );
    const lastTrouble = await this.podTrouble(job);
    const reason = told?.value.failure?.message ?? lastTrouble ?? end.message;
    return { kind: 'failed', reason, attempts: job.status?.failed ?? 0 };
  }

  /** Why the pods do not run; undefined where nothing is known to be wrong. */
  private async trouble(job: Job): Promise<string | undefined> {
    const { ready = 0, succeeded = 0, failed = 0 } = job.status ?? {};
    if (ready + succeeded >= this.spec.replicas && failed === 0) return undefined;
    const uid = job.metadata?.uid ?? '';
    const pods = await this.context.api.podsOf(uid);
    const found = troubleOf(job, pods);
    if (found !== undefined) return found;
    const [pending] = notStarted(pods);
    if (pods.length > 0 && pending === undefined) return undefined;
    return await this.warningOf(pending?.metadata?.uid ?? uid);
  }

  private async podTrouble(job: Job): Promise<string | undefined> {
    const pods: Pod[] = await this.context.api.podsOf(job.metadata?.uid ?? '').catch(() => []);
    return troubleOf(job, pods);
  }

  private async warningOf(uid: string): Promise<string | undefined> {
    // Events tell more, but are not everyone's to read.
    return warning(await this.context.api.warningsOf(uid).catch(() => []));
  }

  private async over(outcome: JobOutcome): Promise<JobOutcome> {
    const { artifacts, store } = this.context;
    if (outcome.kind === 'succeeded') {
      await sweepCheckpoints(artifacts, store, this.spec, this.failures === 0);
    }
    await this.say(undefined);
    return outcome;
  }

  private async stopped(signal: AbortSignal): Promise<JobOutcome> {
    if (!isHalted(signal)) return { kind: 'cancelled' };
    const job = await this.context.api.job(this.spec.id).catch(() => undefined);
    // The search was resumed meanwhile, and another process is at it.
    if (job !== undefined && isOfLaterTry(job, this.ownTry)) return { kind: 'cancelled' };
    await removeJob(this.context, this.spec.id, job?.metadata?.uid);
    return await this.over({ kind: 'cancelled' });
  }

  private async say(waiting: string | undefined): Promise<void> {
    const { store, log } = this.context;
    if (waiting !== undefined) log.debug({ task: this.spec.id, waiting }, 'the workers do not get on');
    await store.sayWaiting(this.spec.id, this.spec.of, waiting);
  }
}

interface End {
  readonly message: string;
}

/** How the Job ended, as its conditions tell; undefined before. */
function endOf(job: Job): End | undefined {
  const holds = (type: string) =>
    job.status?.conditions?.find((is) => is.type === type && is.status === 'True');
  const failed = holds('Failed');
  if (failed !== undefined) {
    const words = [failed.reason, failed.message].filter((part) => part !== undefined && part !== '');
    return { message: words.length === 0 ? 'the Job failed' : words.join(': ') };
  }
  return holds('Complete') === undefined
    ? undefined
    : { message: 'the Job is complete but its results are not there' };
}
