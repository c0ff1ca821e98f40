import { metrics } from '@nse/telemetry';
import type { JobOutcome, JobSpec } from './job.js';
import type { RunRecord } from './task-store.js';

/** Reasons as clusters call them; any other is `Other`, so that no cluster can make up ever more of them. */
const reasons: ReadonlySet<string> = new Set([
  'Unschedulable',
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'CrashLoopBackOff',
  'OOMKilled',
  'Evicted',
  'FailedCreate',
  'FailedMount',
  'FailedAttachVolume',
  'Suspended',
  'Terminating',
  'KubernetesAway',
  'KubernetesRefuses',
]);

const outcomes = ['succeeded', 'failed', 'cancelled', 'error'] as const satisfies readonly (
  JobOutcome['kind'] | 'error'
)[];

/** The metrics of one task, from when it is to be done until its end. */
export class TaskMeter {
  private readonly stage: string;
  private readonly imagesPerStep: number;
  private readonly wanted = performance.now();
  private running: number | undefined;
  private reason: string | undefined;
  private lastStep: number | undefined;
  private doneBefore = false;
  private readonly attempts = new Map<number, number>();

  constructor({ of, imagesPerStep = 0 }: Pick<JobSpec, 'of' | 'imagesPerStep'>) {
    this.stage = of.stage;
    this.imagesPerStep = imagesPerStep;
    metrics.tasks.inc({ stage: this.stage, state: 'waiting' });
    // A series that begins with its first failure would show Prometheus no increase.
    for (const outcome of outcomes) metrics.tasksEnded.inc({ stage: this.stage, outcome }, 0);
  }

  /** The workers' records as they were before, by replica: the task may have been begun, or done, already. */
  knows(records: readonly (RunRecord | undefined)[]): void {
    this.doneBefore = records.every((record) => record?.result !== undefined);
    for (const [replica, record] of records.entries()) {
      if (record !== undefined) this.attempts.set(replica, record.attempt);
    }
    // How long it waited is for whoever saw it.
    if (this.attempts.size > 0) this.run();
  }

  /** A worker's record changed. */
  worker(replica: number, attempt: number): void {
    const before = this.attempts.get(replica) ?? 0;
    if (attempt <= before) return;
    this.attempts.set(replica, attempt);
    metrics.workerStarts.inc({ stage: this.stage }, attempt - before);
    if (this.running !== undefined) return;
    metrics.taskWait.observe({ stage: this.stage }, secondsSince(this.wanted));
    this.run();
  }

  /** Why the workers do not get on, in the cluster's words; undefined once they do. */
  stuck(waiting: string | undefined): void {
    const name = waiting?.split(':', 1)[0];
    const reason = name === undefined || reasons.has(name) ? name : 'Other';
    if (reason === this.reason) return;
    const { stage } = this;
    if (this.reason !== undefined) metrics.tasksStuck.dec({ stage, reason: this.reason });
    if (reason !== undefined) metrics.tasksStuck.inc({ stage, reason });
    this.reason = reason;
  }

  /** Training has come to this step. A worker that went on from its last checkpoint does some steps again. */
  step(step: number): void {
    const again = this.lastStep === undefined || step < this.lastStep;
    const steps = again ? 1 : step - (this.lastStep ?? 0);
    this.lastStep = step;
    metrics.trainingSteps.inc({ stage: this.stage }, steps);
    metrics.trainingImages.inc({ stage: this.stage }, steps * this.imagesPerStep);
  }

  ended(outcome: (typeof outcomes)[number]): void {
    const { stage } = this;
    this.stuck(undefined);
    metrics.tasks.dec({ stage, state: this.running === undefined ? 'waiting' : 'running' });
    if (this.doneBefore) return;
    metrics.tasksEnded.inc({ stage, outcome });
    if (this.running === undefined) return;
    metrics.taskDuration.observe({ stage, outcome }, secondsSince(this.running));
    metrics.taskTries.observe({ stage }, Math.max(...this.attempts.values()));
  }

  private run(): void {
    metrics.tasks.dec({ stage: this.stage, state: 'waiting' });
    metrics.tasks.inc({ stage: this.stage, state: 'running' });
    this.running = performance.now();
  }
}

const secondsSince = (began: number): number => (performance.now() - began) / 1_000;
