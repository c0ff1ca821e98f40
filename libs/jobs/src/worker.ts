import {
  type Artifacts,
  type Bus,
  busOptionsFromEnvironment,
  connectBus,
  type ProgressMessage,
} from '@nse/messaging';
import { NseError } from '@nse/space';
import { failpoint, logger, type Logger } from '@nse/telemetry';
import { Attempt, Superseded } from './attempt.js';
import { exitCode } from './exit-code.js';
import { type StoredTask, TaskStore } from './task-store.js';

export type WorkerProgress = Pick<ProgressMessage, 'step' | 'steps' | 'loss' | 'accuracy'>;

/** All that a worker's handler needs. */
export interface WorkerContext<Input> {
  readonly task: string;
  readonly of: StoredTask['of'];
  /** Which of the task's workers this is, from 0. */
  readonly replica: number;
  readonly replicas: number;
  readonly input: Input;
  /** Counts this worker's starts, from 1. */
  readonly attempt: number;
  /** The last checkpoint's bytes; undefined at the first start. */
  resume(): Promise<Uint8Array | undefined>;
  /** Replaces the last checkpoint. Raises where a later attempt has replaced this one: let it end the handler. */
  checkpoint(bytes: Uint8Array, step: number): Promise<void>;
  progress(progress: WorkerProgress): void;
  /** Aborts when the worker is told to stop. */
  readonly signal: AbortSignal;
  readonly artifacts: Artifacts;
  readonly bus: Bus;
  readonly log: Logger;
}

export interface WorkerOptions<Input, Result> {
  /** The service's name. */
  readonly name: string;
  /** Checks the stored input, such as a schema's `parse`. */
  readonly decode: (input: unknown) => Input;
  /** The returned value is stored as JSON; the first one for the task counts. */
  readonly handler: (context: WorkerContext<Input>) => Promise<Result>;
}

/**
 * A worker's main. Reads the task that NSE_TASK names (NSE_REPLICA of it), runs the handler and ends the process: code 0
 * when the result is stored, 1 for a failure that may pass, 2 for one that stays, 3 when replaced by a later start, 143 when told
 * to stop.
 * A process that was started by LocalJobs ends at once when its parent is gone.
 */
export async function runWorker<Input, Result>(options: WorkerOptions<Input, Result>): Promise<never> {
  const log = logger(options.name);
  const abort = new AbortController();
  process.on('disconnect', () => process.exit(exitCode.retryable));
  process.on('SIGTERM', () => abort.abort(new NseError('ABORTED', 'the worker was told to stop')));
  // Services stop their workers themselves; a key press in the terminal reaches the whole process group.
  process.on('SIGINT', () => undefined);
  let code: number;
  try {
    code = await perform(options, abort.signal, log);
  } catch (error) {
    log.error({ err: error }, 'worker failed');
    code = abort.signal.aborted && !(error instanceof Superseded) ? exitCode.stopped : codeFor(error);
  }
  process.exit(code);
}

async function perform<Input, Result>(
  options: WorkerOptions<Input, Result>,
  signal: AbortSignal,
  log: Logger,
): Promise<number> {
  const task = process.env['NSE_TASK'];
  if (task === undefined)
    throw new NseError('FAILED_PRECONDITION', 'NSE_TASK is not set: which task is to be done?');
  const replica = Number(process.env['NSE_REPLICA'] ?? 0);
  const bus = await connectBus({ ...busOptionsFromEnvironment(`${options.name}/${task}`), log });
  try {
    const store = await TaskStore.open(bus);
    const stored = await store.task(task);
    const attempt = await Attempt.begin(store, bus.artifacts, task, replica);
    if (attempt === 'done') return exitCode.done;
    failpoint('job-start.after');
    const taskLog = log.child({ task, replica, attempt: attempt.number });
    await attemptOnce(options, stored, attempt, bus, signal, taskLog);
    return exitCode.done;
  } finally {
    await bus.close();
  }
}

async function attemptOnce<Input, Result>(
  options: WorkerOptions<Input, Result>,
  stored: StoredTask,
  attempt: Attempt,
  bus: Bus,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  try {
    const result = await options.handler({
      task: attempt.task,
      of: stored.of,
      replica: attempt.replica,
      replicas: stored.replicas,
      input: options.decode(stored.input),
      attempt: attempt.number,
      resume: () => attempt.resume(log),
      checkpoint: (bytes, step) => attempt.checkpoint(bytes, step),
      progress: (progress) => bus.progress({ ...stored.of, task: attempt.task, ...progress }),
      signal,
      artifacts: bus.artifacts,
      bus,
      log,
    });
    await attempt.finish(result ?? null);
  } catch (error) {
    if (!(error instanceof Superseded) && !signal.aborted) await attempt.fail(error);
    throw error;
  }
}

function codeFor(error: unknown): number {
  if (error instanceof Superseded) return exitCode.superseded;
  return NseError.mayPass(error) ? exitCode.retryable : exitCode.permanent;
}
