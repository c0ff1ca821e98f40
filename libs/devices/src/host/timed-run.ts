import { hash } from 'node:crypto';
import type { LoadedModel } from './loaded-model.js';
import type { Run } from './protocol.js';

/** Read from the first level of the cache, and long enough (around 0.1 ms) to tell clocks apart by a hundredth. */
const marked = Buffer.alloc(40 * 1024);

/** Marks that differ by more were not made at one clock. */
const sameClock = 0.05;

/** A thread was off its core where its CPU time falls short of the clock's by more than this share, and this many ms. */
const offCore = { share: 0.02, ms: 0.02 };

/** A fixed piece of arithmetic in native code, in ms. Compiled JavaScript would be as quick in one process and half as quick in another. */
export function mark(data: Buffer = marked): number {
  const start = performance.now();
  hash('sha512', data, 'buffer');
  return performance.now() - start;
}

/** What is JavaScript of a mark is interpreted at first and compiled later, which would look like another clock: 20 ms. */
export function warmMark(): void {
  const next = Buffer.alloc(1);
  for (let count = 0; count < 10_000; count++) mark(next);
}

/** Runs the model so many times, with a mark before and after each, after one run that brings it back into the caches. */
export async function timedRuns(model: LoadedModel, count: number, threads: number): Promise<Run[]> {
  await model.run();
  const runs: Run[] = [];
  let before = mark();
  for (let index = 0; index < count; index++) {
    const timed = await timedRun(model, threads);
    const after = mark();
    const steady = Math.abs(after - before) <= sameClock * Math.min(after, before);
    runs.push({ ...timed, steady, markMs: (before + after) / 2 });
    before = after;
  }
  return runs;
}

async function timedRun(model: LoadedModel, threads: number): Promise<Pick<Run, 'ms' | 'alone'>> {
  const before = process.resourceUsage();
  const start = performance.now();
  await model.run();
  const ms = performance.now() - start;
  const after = process.resourceUsage();
  if (threads > 1)
    return { ms, alone: after.involuntaryContextSwitches === before.involuntaryContextSwitches };
  // One thread never sleeps in an inference: time off its core is time that others had.
  const user = after.userCPUTime - before.userCPUTime;
  const cpuMs = (user + after.systemCPUTime - before.systemCPUTime) / 1_000;
  return { ms: Math.min(ms, cpuMs), alone: ms - cpuMs <= offCore.share * ms + offCore.ms };
}
