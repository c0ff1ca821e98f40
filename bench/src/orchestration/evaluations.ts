import type { Bus } from '@nse/messaging';
import { tinyScore } from './tiny-work.js';

const TASK = 'bench-evaluate';

export interface EvaluationsFound {
  readonly evaluations: number;
  readonly reported: number;
  /** Those that came with another score than theirs. */
  readonly wrong: number;
  readonly seconds: number;
  /** To take the chunks and scores away at the end. */
  readonly clearSeconds: number;
}

/** Gives architectures out one by one through the work queue, and waits for the score of each. */
export async function runEvaluations(
  bus: Bus,
  evaluations: number,
  startScorers: (task: string) => Promise<void>,
): Promise<EvaluationsFound> {
  const codes = Array.from({ length: evaluations }, (_, index) => `${index % 27}.${index % 13}.${index}`);
  const queue = await bus.workQueue<string, ReturnType<typeof tinyScore>>(TASK);
  const began = performance.now();
  const adding = queue.enqueue(codes);
  await startScorers(TASK);
  const [scores] = await Promise.all([queue.results(AbortSignal.timeout(600_000)), adding]);
  const seconds = (performance.now() - began) / 1_000;
  const clearing = performance.now();
  await queue.clear();
  const clearSeconds = (performance.now() - clearing) / 1_000;
  const wrong = scores.filter((score, index) => score.loss !== tinyScore(codes[index] ?? '').loss).length;
  return { evaluations, reported: scores.length, wrong, seconds, clearSeconds };
}
