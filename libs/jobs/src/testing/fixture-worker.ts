import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';
import { runWorker, type WorkerContext } from '../worker.js';

/** What the worker of the tests is told to do. */
export type FixtureInput =
  | { readonly kind: 'echo'; readonly value: unknown }
  /** Counts to `steps`, a checkpoint each; dies by SIGKILL after step `dieAfter` of its first attempt. */
  | { readonly kind: 'count'; readonly steps: number; readonly stepMs: number; readonly dieAfter?: number }
  | { readonly kind: 'fail'; readonly retryable: boolean }
  /** As by a defect, or for want of memory. */
  | { readonly kind: 'throw' }
  | { readonly kind: 'abort' }
  /** Shares the queue of its task. */
  | { readonly kind: 'queue'; readonly chunkMs: number };

/** How far 'count' came, and which attempts did the steps. */
export interface CountResult {
  readonly steps: number;
  readonly attempts: readonly number[];
}

async function count(
  context: WorkerContext<FixtureInput>,
  { steps, stepMs, dieAfter }: Extract<FixtureInput, { kind: 'count' }>,
): Promise<CountResult> {
  const saved = await context.resume();
  const attempts = saved === undefined ? [] : (JSON.parse(Buffer.from(saved).toString()) as number[]);
  while (attempts.length < steps) {
    await delay(stepMs, undefined, { signal: context.signal });
    attempts.push(context.attempt);
    await context.checkpoint(Buffer.from(JSON.stringify(attempts)), attempts.length);
    context.progress({ step: attempts.length, steps });
    if (context.attempt === 1 && attempts.length === dieAfter) process.kill(process.pid, 'SIGKILL');
  }
  return { steps: attempts.length, attempts };
}

async function work(context: WorkerContext<FixtureInput>): Promise<unknown> {
  const { input } = context;
  switch (input.kind) {
    case 'echo':
      return { value: input.value, replica: context.replica, threads: process.env['TF_NUM_INTRAOP_THREADS'] };
    case 'count':
      return await count(context, input);
    case 'fail':
      throw new NseError('FAILED_PRECONDITION', 'told to fail', { retryable: input.retryable });
    case 'throw':
      throw new RangeError('no more memory');
    case 'abort':
      process.stderr.write('about to abort\n');
      return process.abort();
    case 'queue': {
      let done = 0;
      const queue = await context.bus.workQueue<number, { value: number; replica: number }>(context.task);
      await queue.work(async (chunk) => {
        await delay(input.chunkMs);
        done++;
        return { value: chunk * chunk, replica: context.replica };
      }, context.signal);
      return done;
    }
  }
}

void runWorker({ name: 'fixture', decode: (input) => input as FixtureInput, handler: work });
