import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@nse/messaging';
import { NseError } from '@nse/space';
import { failpoint, type Logger } from '@nse/telemetry';
import { exitCode } from './exit-code.js';
import { checkedTaskId, type JobOutcome, type JobRunner, type JobSpec, type WorkerService } from './job.js';
import { sweepCheckpoints } from './sweep.js';
import { TaskStore } from './task-store.js';
import { Turns } from './turns.js';
import { runWorkerProcess, type WorkerExit } from './worker-process.js';
import { workerEnvironment } from './worker-environment.js';

export interface LocalOptions {
  readonly bus: Bus;
  readonly natsUrl: string;
  /** The path of each service's `dist/worker.js`. */
  readonly programs: Readonly<Partial<Record<WorkerService, string>>>;
  readonly log: Logger;
  /** The first pause before a failed worker is started again, in ms, doubled each time; 500 unless given. */
  readonly restartDelayMs?: number;
  /** Tasks that run at once; others wait for their turn. 4 unless given. */
  readonly tasksAtOnce?: number;
}

/** Kills from outside (someone's, or the kernel's for want of memory) are borne this often: not for ever. */
const maxKills = 20;

/** How long to wait before looking again at a task that another process is at. */
const lookAgainMs = 1_000;

/** Another process is at the task, or has taken it over. */
interface Elsewhere {
  readonly kind: 'elsewhere';
}

/** `orderly` where the worker came to its own end, with all that it had to tidy up. */
type Ended =
  | { readonly kind: 'done'; readonly orderly: boolean }
  | Exclude<JobOutcome, { kind: 'succeeded' }>
  | Elsewhere;

/**
 * Runs the workers of a task as child processes on this machine. Of several processes that are to run one task, one does; the others
 * wait for its results, and go on with the task where that one is gone.
 */
export class LocalJobs implements JobRunner {
  private readonly running = new Map<string, Promise<JobOutcome>>();
  private readonly turns: Turns;

  constructor(private readonly options: LocalOptions) {
    this.turns = new Turns(options.tasksAtOnce ?? 4);
  }

  async run(spec: JobSpec, signal: AbortSignal): Promise<JobOutcome> {
    checkedTaskId(spec.id);
    for (let known = this.running.get(spec.id); known !== undefined; known = this.running.get(spec.id)) {
      const outcome = await known;
      // Stopped for its own caller, such as by a pause: whoever asks again meanwhile wants it done.
      if (outcome.kind !== 'cancelled' || signal.aborted) return outcome;
    }
    const outcome = this.toEnd(spec, signal).finally(() => this.running.delete(spec.id));
    this.running.set(spec.id, outcome);
    return await outcome;
  }

  private async toEnd(spec: JobSpec, signal: AbortSignal): Promise<JobOutcome> {
    for (;;) {
      const outcome = await this.inTurn(spec, signal);
      if (outcome.kind !== 'elsewhere') return outcome;
      await delay(lookAgainMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async inTurn(spec: JobSpec, signal: AbortSignal): Promise<JobOutcome | Elsewhere> {
    const leave = await this.turns.take(signal);
    if (leave === undefined) return { kind: 'cancelled' };
    try {
      return await this.unlessElsewhere(spec, signal);
    } finally {
      leave();
    }
  }

  private async unlessElsewhere(spec: JobSpec, signal: AbortSignal): Promise<JobOutcome | Elsewhere> {
    const { bus } = this.options;
    const store = await TaskStore.open(bus);
    await store.put(spec);
    // A second set of workers would take the task from the first, and the first from the second.
    if (await bus.isAnswered(atWork(spec.id))) {
      const results = await store.results(spec.id, spec.replicas);
      return results === undefined ? { kind: 'elsewhere' } : { kind: 'succeeded', results };
    }
    const left = await bus.answerFor(atWork(spec.id));
    try {
      return await this.perform(store, spec, signal);
    } finally {
      left();
    }
  }

  private async perform(
    store: TaskStore,
    spec: JobSpec,
    signal: AbortSignal,
  ): Promise<JobOutcome | Elsewhere> {
    // One worker that fails for good stops the others.
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const workers = Array.from({ length: spec.replicas }, async (_, replica) => {
      try {
        const ended = await this.keepRunning(store, spec, replica, either);
        if (ended.kind === 'failed' || ended.kind === 'elsewhere') stop.abort();
        return ended;
      } catch (error) {
        stop.abort();
        throw error;
      }
    });
    const settled = await Promise.allSettled(workers);
    for (const worker of settled) if (worker.status === 'rejected') throw worker.reason;
    const ends = settled.flatMap((worker) => (worker.status === 'fulfilled' ? [worker.value] : []));
    const failed = ends.find((end) => end.kind === 'failed');
    if (failed !== undefined) return failed;
    const elsewhere = ends.find((end) => end.kind === 'elsewhere');
    if (elsewhere !== undefined) return elsewhere;
    if (ends.some((end) => end.kind === 'cancelled')) return { kind: 'cancelled' };
    const endedWell = ends.every((end) => end.kind === 'done' && end.orderly);
    await sweepCheckpoints(this.options.bus.artifacts, store, spec, endedWell);
    return { kind: 'succeeded', results: (await store.results(spec.id, spec.replicas)) ?? [] };
  }

  /** Starts one worker again and again until it has a result, has failed too often, or the signal aborts. */
  private async keepRunning(
    store: TaskStore,
    spec: JobSpec,
    replica: number,
    signal: AbortSignal,
  ): Promise<Ended> {
    let failures = 0;
    let kills = 0;
    for (;;) {
      if (signal.aborted) return { kind: 'cancelled' };
      if ((await store.record(spec.id, replica))?.value.result !== undefined)
        return { kind: 'done', orderly: false };
      const exit = await this.startWorker(spec, replica, signal);
      if (exit.stopped) return { kind: 'cancelled' };
      const record = (await store.record(spec.id, replica))?.value;
      if (record?.result !== undefined) return { kind: 'done', orderly: exit.code === exitCode.done };
      if (exit.code === exitCode.superseded) return { kind: 'elsewhere' };
      if (exit.code === exitCode.stopped || exit.signal === 'SIGKILL' || exit.signal === 'SIGTERM') kills++;
      else failures++;
      const reason = record?.failure?.message ?? describe(exit);
      this.options.log.warn(
        { task: spec.id, replica, failures, kills, reason },
        'worker ended without a result',
      );
      const over =
        exit.code === exitCode.permanent || failures >= (spec.maxAttempts ?? 3) || kills > maxKills;
      if (over) return { kind: 'failed', reason, attempts: failures + kills };
      await this.pause(failures + kills, signal);
    }
  }

  private async startWorker(spec: JobSpec, replica: number, signal: AbortSignal): Promise<WorkerExit> {
    const program = this.options.programs[spec.service];
    if (program === undefined)
      throw new NseError('FAILED_PRECONDITION', `there is no worker program for ${spec.service}`);
    const env = workerEnvironment(process.env, spec, replica, this.options.natsUrl);
    failpoint('job-start.before');
    const exit = runWorkerProcess(program, env, spec.resources.memoryMiB, signal);
    failpoint('job-start.after');
    return await exit;
  }

  private async pause(ended: number, signal: AbortSignal): Promise<void> {
    const pauseMs = Math.min((this.options.restartDelayMs ?? 500) * 2 ** (ended - 1), 10_000);
    // Aborted: the caller looks at the signal next.
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** The name under which a process that runs a task's workers is there. */
const atWork = (task: string) => `task.${task}`;

function describe(exit: WorkerExit): string {
  const how = exit.signal === null ? `exit code ${exit.code ?? 'unknown'}` : `signal ${exit.signal}`;
  return exit.lastLines === '' ? `worker ended by ${how}` : `worker ended by ${how}: ${exit.lastLines}`;
}
