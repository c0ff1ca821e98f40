import type { Bus } from '@nse/messaging';
import { NseError } from '@nse/space';
import { type Logger, metrics } from '@nse/telemetry';
import type { Fate, JobOutcome, JobRunner, JobSpec, LeftJob } from './job.js';
import { TaskMeter } from './task-meter.js';
import { type RunRecord, TaskStore } from './task-store.js';

/** A runner that tells how its tasks fare as metrics. What it cannot learn it leaves out: no task waits for its metrics. */
export class MeteredJobs implements JobRunner {
  readonly sweep?: (fate: (job: LeftJob) => Promise<Fate>) => Promise<void>;

  constructor(
    private readonly runner: JobRunner,
    private readonly bus: Bus,
    private readonly log: Logger,
  ) {
    if (runner.sweep !== undefined) this.sweep = (fate) => runner.sweep?.(fate) ?? Promise.resolve();
  }

  async run(spec: JobSpec, signal: AbortSignal): Promise<JobOutcome> {
    const meter = new TaskMeter(spec);
    const over = new AbortController();
    // Before anything runs: what is there now is not this run's doing.
    await this.quietly(async () => meter.knows(await this.records(spec)));
    const followed = Promise.all([
      this.quietly(() => this.followWorkers(meter, spec, over.signal)),
      this.quietly(() => this.followProgress(meter, spec, over.signal)),
    ]);
    let outcome: JobOutcome['kind'] | 'error' = 'error';
    try {
      const ended = await this.runner.run(spec, signal);
      outcome = ended.kind;
      if (ended.kind === 'failed') metrics.errors.inc({ source: 'task', code: 'FAILED_PRECONDITION' });
      return ended;
    } catch (error) {
      metrics.errors.inc({ source: 'task', code: NseError.from(error).code });
      throw error;
    } finally {
      over.abort();
      void followed.then(() => meter.ended(outcome));
    }
  }

  private async records({ id, replicas }: JobSpec): Promise<(RunRecord | undefined)[]> {
    const store = await TaskStore.open(this.bus);
    const entries = Array.from({ length: replicas }, (_, replica) => store.record(id, replica));
    return (await Promise.all(entries)).map((entry) => entry?.value);
  }

  /** What the workers write of themselves says when they run, wherever they do. */
  private async followWorkers(meter: TaskMeter, { id }: JobSpec, over: AbortSignal): Promise<void> {
    const store = await TaskStore.open(this.bus);
    for await (const change of store.changes(id, over)) {
      if (change.kind === 'worker') meter.worker(change.replica, change.record.attempt);
      else meter.stuck(change.waiting);
    }
  }

  private async followProgress(
    meter: TaskMeter,
    { id, of: { search, stage }, imagesPerStep }: JobSpec,
    over: AbortSignal,
  ): Promise<void> {
    // Others count what they do, such as scores, where it arrives.
    if (imagesPerStep === undefined) return;
    for await (const { task, step } of this.bus.onProgress({ search, stage, signal: over })) {
      if (task === id) meter.step(step);
    }
  }

  private async quietly(follow: () => Promise<void>): Promise<void> {
    try {
      await follow();
    } catch (error) {
      this.log.debug({ err: error }, 'a task runs without its metrics');
    }
  }
}
