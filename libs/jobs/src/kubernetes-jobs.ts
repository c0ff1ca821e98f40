import { setTimeout as delay } from 'node:timers/promises';
import { ApiException, BatchV1Api, KubeConfig, type V1Job } from '@kubernetes/client-node';
import type { Bus } from '@nse/messaging';
import { NseError } from '@nse/space';
import { failpoint, type Logger } from '@nse/telemetry';
import { checkedTaskId, type JobOutcome, type JobRunner, type JobSpec } from './job.js';
import { jobManifest, type ManifestOptions } from './job-manifest.js';
import { TaskStore } from './task-store.js';

export interface KubernetesOptions extends ManifestOptions {
  readonly bus: Bus;
  readonly log: Logger;
  /** How often a Job's state is asked for, in ms; 2,000 unless given. */
  readonly pollMs?: number;
}

/** The calls of the API that are used, so that a test can answer them over HTTP. */
export type BatchApi = Pick<BatchV1Api, 'createNamespacedJob' | 'readNamespacedJob' | 'deleteNamespacedJob'>;

/**
 * Runs a task as one Indexed batch/v1 Job that is named by the task's id.
 *
 * So far its manifest and its calls are tested against a stand-in for the API server; it has not run in a real cluster.
 */
export class KubernetesJobs implements JobRunner {
  constructor(
    private readonly api: BatchApi,
    private readonly options: KubernetesOptions,
  ) {}

  /** Uses the pod's service account, or outside a cluster the user's kubeconfig. */
  static inCluster(options: KubernetesOptions): KubernetesJobs {
    const config = new KubeConfig();
    config.loadFromDefault();
    return new KubernetesJobs(config.makeApiClient(BatchV1Api), options);
  }

  async run(spec: JobSpec, signal: AbortSignal): Promise<JobOutcome> {
    checkedTaskId(spec.id);
    const store = await TaskStore.open(this.options.bus);
    await store.put(spec);
    for (;;) {
      // The results, not the Job, say whether the task is done: a Job is swept away a day after its end.
      const results = await store.results(spec.id, spec.replicas);
      if (results !== undefined) return { kind: 'succeeded', results };
      if (signal.aborted) return await this.cancel(spec);
      const ended = await this.ended(store, spec, await this.ensure(spec));
      if (ended !== undefined) return ended;
      await delay(this.options.pollMs ?? 2_000, undefined, { signal }).catch(() => undefined);
    }
  }

  /** The Job as it is, created where there is none; undefined where the API server could not answer now. */
  private async ensure(spec: JobSpec): Promise<V1Job | undefined> {
    const { namespace } = this.options;
    try {
      return await this.api.readNamespacedJob({ name: spec.id, namespace });
    } catch (error) {
      if (!isStatus(error, 404)) {
        this.bear(spec, error);
        return undefined;
      }
    }
    failpoint('job-start.before');
    try {
      const job = await this.api.createNamespacedJob({ namespace, body: jobManifest(spec, this.options) });
      failpoint('job-start.after');
      return job;
    } catch (error) {
      this.bear(spec, error);
      return undefined;
    }
  }

  /** Answers of a busy API server are waited out; 409 means that someone else created the Job: read it next time. */
  private bear(spec: JobSpec, error: unknown): void {
    const status = error instanceof ApiException ? error.code : undefined;
    const lasting =
      status !== undefined && status >= 400 && status < 500 && ![404, 409, 410, 429].includes(status);
    if (lasting)
      throw new NseError('FAILED_PRECONDITION', `Kubernetes refused Job ${spec.id}`, { cause: error });
    this.options.log.warn({ err: error, task: spec.id }, 'Kubernetes did not answer; asking again');
  }

  /** The outcome where the Job has come to its end, as its conditions tell. */
  private async ended(
    store: TaskStore,
    spec: JobSpec,
    job: V1Job | undefined,
  ): Promise<JobOutcome | undefined> {
    const holds = (type: string) =>
      job?.status?.conditions?.find((is) => is.type === type && is.status === 'True');
    const attempts = job?.status?.failed ?? 0;
    const failed = holds('Failed');
    if (failed !== undefined) return await this.failure(store, spec, attempts, failed.message);
    if (holds('Complete') === undefined) return undefined;
    const results = await store.results(spec.id, spec.replicas);
    if (results !== undefined) return { kind: 'succeeded', results };
    return await this.failure(store, spec, attempts, 'the Job is complete but its results are not there');
  }

  private async failure(
    store: TaskStore,
    spec: JobSpec,
    attempts: number,
    message: string | undefined,
  ): Promise<JobOutcome> {
    const records = await Promise.all(
      Array.from({ length: spec.replicas }, (_, index) => store.record(spec.id, index)),
    );
    const told = records.find((record) => record?.value.failure !== undefined)?.value.failure?.message;
    return { kind: 'failed', reason: told ?? message ?? `Job ${spec.id} failed`, attempts };
  }

  private async cancel(spec: JobSpec): Promise<JobOutcome> {
    const { namespace } = this.options;
    try {
      await this.api.deleteNamespacedJob({ name: spec.id, namespace, propagationPolicy: 'Background' });
    } catch (error) {
      if (!isStatus(error, 404)) this.bear(spec, error);
    }
    return { kind: 'cancelled' };
  }
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof ApiException && error.code === status;
}
