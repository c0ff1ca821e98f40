import type { JobOutcome, JobRunner, JobSpec } from '@nse/jobs';
import type { Bus, States } from '@nse/messaging';
import { NseError } from '@nse/space';
import { tell } from './messages.js';
import { tinyWork } from './tiny-work.js';

/**
 * Runs tasks in this process, with next to no work in them. It keeps the same books as real jobs do (task, start, result
 * per worker in NSE_TASKS and NSE_RUNS), so NATS has as much to write.
 */
export class TinyJobs implements JobRunner {
  private readonly running = new Map<string, Promise<JobOutcome>>();

  private constructor(
    private readonly bus: Bus,
    private readonly tasks: States<unknown>,
    private readonly runs: States<unknown>,
  ) {}

  static async open(bus: Bus): Promise<TinyJobs> {
    return new TinyJobs(
      bus,
      await bus.states('NSE_TASKS', (value) => value),
      await bus.states('NSE_RUNS', (value) => value),
    );
  }

  async run(spec: JobSpec, signal: AbortSignal): Promise<JobOutcome> {
    const known = this.running.get(spec.id);
    if (known !== undefined) return await known;
    const outcome = this.perform(spec, signal).finally(() => this.running.delete(spec.id));
    this.running.set(spec.id, outcome);
    return await outcome;
  }

  private async perform(spec: JobSpec, signal: AbortSignal): Promise<JobOutcome> {
    const { service, of, replicas, input } = spec;
    tell({ kind: 'started', ...of, at: Date.now() });
    await createOnce(this.tasks, spec.id, { service, of, replicas, input });
    const workers = Array.from({ length: replicas }, (_, replica) => this.replica(spec, replica, signal));
    const results = await Promise.all(workers);
    return signal.aborted ? { kind: 'cancelled' } : { kind: 'succeeded', results };
  }

  private async replica(spec: JobSpec, replica: number, signal: AbortSignal): Promise<unknown> {
    const key = `${spec.id}.${replica}`;
    const before = await this.runs.get(key);
    const done = before?.value as { result?: { value: unknown } } | undefined;
    if (done?.result !== undefined) return done.result.value;
    const record = { attempt: 1, owner: key };
    const revision = before?.revision ?? (await this.runs.create(key, record));
    const value = await tinyWork(this.bus, spec, signal);
    if (!signal.aborted) await this.runs.update(key, { ...record, result: { value } }, revision);
    return value;
  }
}

async function createOnce(states: States<unknown>, key: string, value: unknown): Promise<void> {
  try {
    await states.create(key, value);
  } catch (error) {
    if (!(error instanceof NseError && error.code === 'ALREADY_EXISTS')) throw error;
  }
}
