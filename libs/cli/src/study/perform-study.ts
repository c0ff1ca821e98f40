import type { RunResult, StudyRun } from '@nse/study';
import { patient } from '../connect.js';
import { performRun, type RunContext } from './perform-run.js';

/** What a study is performed with, beside what its runs are. */
export interface StudyContext extends RunContext {
  readonly parallel: number;
  /** Whether searches stay once their results are kept. */
  readonly keepSearches: boolean;
  /** Keeps a result, so that it outlasts this process. */
  readonly keep: (result: RunResult) => Promise<void>;
}

/**
 * Performs the runs in their order, so many at once, and keeps what came of each. Raises what keeps the system from working, and
 * AbortError once the signal aborts; all runs under way have ended then.
 */
export async function performStudy(context: StudyContext, runs: readonly StudyRun[]): Promise<void> {
  const waiting = [...runs];
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const work = async () => {
    try {
      for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
        signal.throwIfAborted();
        await performOne({ ...context, signal }, run);
      }
    } catch (error) {
      // What stops one concerns all: the others end, and the first reason counts.
      stop.abort(error);
      throw error;
    }
  };
  const workers = Array.from({ length: Math.min(context.parallel, runs.length) }, work);
  await Promise.allSettled(workers);
  context.signal.throwIfAborted();
  stop.signal.throwIfAborted();
}

async function performOne(context: StudyContext, run: StudyRun): Promise<void> {
  const result = await performRun(context, run);
  await context.keep(result);
  context.view.ended(run, result);
  // After the result is kept: a failed search stays, so that it can be looked at and resumed.
  if (result.state === 'failed' || context.keepSearches) return;
  await context.system.spaceManager.deleteSearch(
    { search: run.search },
    { ...patient, signal: context.signal },
  );
}
