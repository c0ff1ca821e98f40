import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { JobOutcome, JobRunner, JobSpec } from '@nse/jobs';
import type { Bus } from '@nse/messaging';
import type { Chunk } from '../chunks.js';
import type { ChunkScore, EvaluateTask } from '../task.js';

/** Scores in this process instead of in workers, and remembers what it was asked to do. */
export class ScoringHere implements JobRunner {
  runs: JobSpec[] = [];
  /** Ends every task in this way. */
  outcome: JobOutcome | undefined;
  /** How many chunks may be scored; the others wait until the task is stopped. */
  chunks = Infinity;

  constructor(private readonly bus: Bus) {}

  async run(spec: JobSpec, signal: AbortSignal): Promise<JobOutcome> {
    this.runs.push(spec);
    if (this.outcome !== undefined) return this.outcome;
    const queue = await this.bus.workQueue<Chunk, ChunkScore[]>(spec.id);
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    await queue.work(async ({ items }) => {
      if (this.chunks-- <= 0) await stopped(signal, ended);
      return items.map(({ index, code }) => ({ index, ...scoreOf(code, spec.input as EvaluateTask) }));
    }, either);
    return signal.aborted ? { kind: 'cancelled' } : { kind: 'succeeded', results: [{}] };
  }

  reset(): void {
    this.runs = [];
    this.outcome = undefined;
    this.chunks = Infinity;
  }
}

async function stopped(signal: AbortSignal, ended: AbortController): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  ended.abort();
  throw new Error('stopped');
}

/** A score that follows from all that decides the real one: the code, the supernet, the round and the settings. */
export function scoreOf(
  code: string,
  { round, spec, weights, subsets }: Omit<EvaluateTask, 'total'>,
): { accuracy: number; loss: number } {
  const facts = JSON.stringify([code, round, spec.seed, weights.sha256, subsets]);
  const accuracy = createHash('sha256').update(facts).digest().readUInt32BE() / 2 ** 32;
  return { accuracy, loss: -Math.log(accuracy) };
}
