import type { JobRunner, JobSpec } from '@nse/jobs';
import type { Bus } from '@nse/messaging';
import { taskResults } from '@nse/service';
import { NseError } from '@nse/space';
import { metrics } from '@nse/telemetry';
import { type Chunk, chunksOf, type Scorable } from './chunks.js';
import type { StoredScore } from './scores.js';
import type { ChunkScore, EvaluateTask } from './task.js';

/** Chunks for each worker: enough that all end at about the same time, few enough that neighbours share prefixes. */
const CHUNKS_A_WORKER = 4;

/** When the workers are done every score is there, unless another process has reported and cleared them. */
const SCORES_WITHIN_MS = 30_000;

/** Of JavaScript's own heap; tensors live outside it. */
const WORKER_MEMORY_MIB = 2048;

/** A candidate with its score. */
export type Scored<C> = Omit<C, 'architecture'> & Pick<StoredScore, 'accuracy' | 'loss'>;

/** What the candidates of a task are scored by, and for whom. */
export interface Scoring
  extends Omit<EvaluateTask, 'total'>, Required<Pick<JobSpec, 'resumes' | 'requested'>> {}

/**
 * Hands the candidates out in chunks and waits for every score; gives them in the order of the candidates. The scores of an
 * architecture depend on the supernet and the spec alone, not on what it is scored beside. What the task's queue holds stays
 * until it is cleared. Raises why the workers failed.
 */
export async function scoreAll<C extends Scorable>(
  bus: Bus,
  jobs: JobRunner,
  task: string,
  { search, round, spec, weights, subsets, part, resumes, requested }: Scoring,
  candidates: readonly C[],
  signal: AbortSignal,
): Promise<Scored<C>[]> {
  const { workers, threads, gpus, memoryMiB: podMemoryMiB } = spec.evaluate;
  const size = Math.max(1, Math.ceil(candidates.length / (workers * CHUNKS_A_WORKER)));
  const queue = await bus.workQueue<Chunk, ChunkScore[]>(task);
  const chunks = chunksOf(candidates, size);
  const { done: before } = await queue.counts();
  await queue.enqueue(chunks);
  const scored = (done: number) => Math.min(candidates.length, done * size);
  const { before: earlier, of: steps } = part ?? { before: 0, of: candidates.length };
  const arrived = (done: number) => {
    const step = scored(done);
    bus.progress({ search, stage: 'evaluate', round, task, step: earlier + step, steps });
    // Those that were there before were counted when they came.
    if (done > before) metrics.fitnessEvaluations.inc(step - scored(done - 1));
  };
  const total = candidates.length;
  const input: EvaluateTask = { search, round, spec, total, weights, subsets, ...(part && { part }) };
  const job = taskResults(
    jobs,
    {
      id: task,
      service: 'fitness-evaluator',
      replicas: Math.min(workers, chunks.length),
      of: { search, stage: 'evaluate', round },
      input,
      resources: { threads, gpus, memoryMiB: WORKER_MEMORY_MIB, podMemoryMiB },
      requested,
      resumes,
    },
    signal,
  );
  const results = await withWorkers(job, (workersGone) =>
    queue.results(AbortSignal.any([signal, workersGone]), arrived),
  );
  return merge(candidates, results.flat());
}

/**
 * Waits for what workers bring, as long as they run and a little longer. Raises why they failed, or ABORTED where they are
 * done and what they brought is gone: a repetition will find it reported.
 */
async function withWorkers<T>(
  job: Promise<unknown>,
  wait: (workersGone: AbortSignal) => Promise<T>,
): Promise<T> {
  const gone = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = () => gone.abort(new NseError('ABORTED', 'the scores were taken by another process'));
  const ended = job.then(
    () => {
      timer = setTimeout(late, SCORES_WITHIN_MS).unref();
    },
    (error: unknown) => {
      gone.abort(error);
      throw error;
    },
  );
  try {
    const [result] = await Promise.all([wait(gone.signal), ended]);
    return result;
  } finally {
    clearTimeout(timer);
  }
}

function merge<C extends Scorable>(candidates: readonly C[], scores: readonly ChunkScore[]): Scored<C>[] {
  const byIndex = new Map(scores.map((score) => [score.index, score]));
  return candidates.map(({ architecture: _, ...candidate }, index) => {
    const score = byIndex.get(index);
    if (score === undefined) throw new NseError('INTERNAL', `architecture ${candidate.code} was not scored`);
    return { ...candidate, accuracy: score.accuracy, loss: score.loss };
  });
}
