import type { Stage } from '@nse/messaging';
import { NseError } from '@nse/space';

/** The services that have a worker. */
export type WorkerService = 'supernet-trainer' | 'fitness-evaluator' | 'retrainer';

/** What a task is a part of; its progress goes there. */
export interface TaskOrigin {
  readonly search: string;
  readonly stage: Stage;
  /** 0 where the stage belongs to no round. */
  readonly round: number;
}

/** What each worker of a task gets. */
export interface JobResources {
  /** Threads within one TensorFlow operation. They are part of the result: another number gives other bits. */
  readonly threads: number;
  readonly gpus: number;
  /** JavaScript's own heap; tensors live outside it. */
  readonly memoryMiB: number;
  /** All memory of a pod, where the spec says so; the cluster's settings do otherwise. No effect on this machine. */
  readonly podMemoryMiB?: number | undefined;
}

export interface JobSpec {
  /** The task's id, a function of what it does: see `taskId`. It is the Job's name. */
  readonly id: string;
  readonly service: WorkerService;
  readonly of: TaskOrigin;
  /** How many workers share the task. */
  readonly replicas: number;
  /** JSON. The first one stored for the id counts. */
  readonly input: unknown;
  readonly resources: JobResources;
  /** A client asked for it: it goes on in a search that is paused or over. */
  readonly requested?: boolean;
  /**
   * How many times the search had been resumed, or the request repeated, when this was asked for; 0 unless given. Of a task that is asked
   * for again what failed before does not count.
   */
  readonly resumes?: number;
  /** For metrics: how many images a training step of its progress takes. */
  readonly imagesPerStep?: number;
  /** How many times a worker may fail; 3 unless given. Evictions and kills from outside do not count. */
  readonly maxAttempts?: number;
}

export type JobOutcome =
  /** `results` holds what each worker returned, by replica. */
  | { readonly kind: 'succeeded'; readonly results: readonly unknown[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly attempts: number }
  /** The signal aborted: by a `Halt` it was ended, else it may go on for the next process. */
  | { readonly kind: 'cancelled' };

export interface JobRunner {
  /**
   * Runs the task to its end. The same call serves a task that is new, one that runs already and one that is done.
   * Raises INVALID_ARGUMENT for an id that can name no Job, and ABORTED where another process took the task over.
   */
  run(spec: JobSpec, signal: AbortSignal): Promise<JobOutcome>;
  /**
   * Ends what was left running by processes that are gone and is not wanted any more; `fate` is asked about each. Where nothing
   * can outlive its process there is no such call.
   */
  sweep?(fate: (job: LeftJob) => Promise<Fate>): Promise<void>;
}

/** A Job as it was found. */
export interface LeftJob {
  readonly id: string;
  readonly search: string;
  readonly requested: boolean;
}

/** `end`: not wanted while it runs, but left to look at when it is over. `remove`: in any case. */
export type Fate = 'keep' | 'end' | 'remove';

const label = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** `<search>-r<round>-<what>`, or `<search>-<what>` where the task belongs to no round. */
export function taskId(of: Pick<TaskOrigin, 'search' | 'round'>, what: string): string {
  return checkedTaskId(of.round > 0 ? `${of.search}-r${of.round}-${what}` : `${of.search}-${what}`);
}

/** `id` itself where it is a DNS-1123 label, as a Job's name must be. Raises INVALID_ARGUMENT otherwise. */
export function checkedTaskId(id: string): string {
  if (id.length <= 63 && label.test(id)) return id;
  throw new NseError('INVALID_ARGUMENT', `"${id}" cannot name a task: it is no DNS label`, { field: 'id' });
}
