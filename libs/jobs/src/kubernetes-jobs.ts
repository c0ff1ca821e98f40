import { KubeConfig } from '@kubernetes/client-node';
import type { Bus } from '@nse/messaging';
import type { Logger } from '@nse/telemetry';
import {
  checkedTaskId,
  type Fate,
  type JobOutcome,
  type JobRunner,
  type JobSpec,
  type LeftJob,
} from './job.js';
import { JobChanges } from './job-changes.js';
import { type ManifestOptions, requestedLabel, searchLabel } from './job-manifest.js';
import { KubernetesApi } from './kubernetes-api.js';
import type { Job } from './kubernetes-objects.js';
import { KubernetesTask } from './kubernetes-task.js';
import { Patience } from './patience.js';
import { TaskStore } from './task-store.js';
import { tryOf } from './try.js';

export interface KubernetesOptions extends ManifestOptions {
  readonly bus: Bus;
  readonly log: Logger;
  /** A Job is looked at so often though no change of it was told, in ms; 10,000 unless given. */
  readonly resyncMs?: number;
  /** How long a refusal (no rights, no namespace) is put up with, in ms; 30,000 unless given. */
  readonly refusalMs?: number;
}

/**
 * Runs a task as one Indexed batch/v1 Job that is named by the task's id. A signal that aborts by a `Halt` deletes the Job; any
 * other leaves it to whoever runs the task next.
 */
export class KubernetesJobs implements JobRunner {
  private readonly api: KubernetesApi;
  private readonly changes: JobChanges;

  constructor(
    config: KubeConfig,
    private readonly options: KubernetesOptions,
  ) {
    this.api = new KubernetesApi(config, options.settings.namespace);
    this.changes = new JobChanges(this.api, options.log);
  }

  /** Uses the pod's service account, or outside a cluster the user's kubeconfig. */
  static inCluster(options: KubernetesOptions): KubernetesJobs {
    const config = new KubeConfig();
    config.loadFromDefault();
    return new KubernetesJobs(config, options);
  }

  async run(spec: JobSpec, signal: AbortSignal): Promise<JobOutcome> {
    checkedTaskId(spec.id);
    const { bus, log, resyncMs = 10_000, refusalMs = 30_000, ...manifest } = this.options;
    const store = await TaskStore.open(bus);
    const own = tryOf(spec, await store.put(spec));
    const taskLog = log.child({ task: spec.id });
    const patience = new Patience(refusalMs, taskLog);
    const leave = this.changes.use();
    const { api, changes } = this;
    try {
      const context = {
        artifacts: bus.artifacts,
        api,
        changes,
        store,
        log: taskLog,
        manifest,
        resyncMs,
        patience,
      };
      return await new KubernetesTask(spec, own, context).toEnd(signal);
    } finally {
      leave();
    }
  }

  async sweep(fate: (job: LeftJob) => Promise<Fate>): Promise<void> {
    const store = await TaskStore.open(this.options.bus);
    for (const job of await this.api.jobs()) {
      const left = leftJob(job);
      const uid = job.metadata?.uid;
      if (left === undefined || uid === undefined || job.metadata?.deletionTimestamp !== undefined) continue;
      const decided = await fate(left);
      if (decided === 'keep' || (decided === 'end' && isOver(job))) continue;
      this.options.log.info({ task: left.id, search: left.search }, 'removing a Job that nobody wants');
      await this.api.remove(left.id, uid);
      await store.forgetWaiting(left.id);
    }
  }
}

function leftJob({ metadata }: Job): LeftJob | undefined {
  const id = metadata?.name;
  const search = metadata?.labels?.[searchLabel];
  if (id === undefined || search === undefined) return undefined;
  return { id, search, requested: metadata?.labels?.[requestedLabel] === 'true' };
}

const isOver = ({ status }: Job): boolean =>
  status?.conditions?.some(
    ({ type, status: is }) => ['Complete', 'Failed'].includes(type) && is === 'True',
  ) ?? false;
