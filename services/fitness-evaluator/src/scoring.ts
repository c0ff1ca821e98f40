import type { JobRunner, JobSpec } from '@nse/jobs';
import type { Bus, WorkQueue } from '@nse/messaging';
import { taskResults } from '@nse/service';
import { NseError } from '@nse/space';
import { metrics } from '@nse/telemetry';
import { type Chunk, chunkSize, chunksOf, type Scorable } from './chunks.js';
import type { StoredScore } from './scores.js';
import type { ChunkScore, EvaluateTask } from './task.js';

/** When the workers are done every score is there, unless another process has reported and cleared them. */
const SCORES_WITHIN_MS = 30_000;

/** Of JavaScript's own heap; tensors live outside it. */
const WORKER_MEMORY_MIB = 2048;

/** A candidate with its score. */
export type Scored<C> = Omit<C, 'architecture'> & Pick<StoredScore, 'accuracy' | 'loss'>;

/** What the candidates of a task are scored by, and for whom. */
export interface Scoring extends EvaluateTask, Required<Pick<JobSpec, 'resumes' | 'requested'>> {
  readonly task: string;
}

/**
 * The workers of one task, to whom candidates are handed out in chunks, all at once or in batches: they stay from the first batch to the
 * last. The scores of an architecture depend on the supernet and the spec alone, not on what it is scored beside. What the task's
 * queue holds stays until it is cleared.
 */
export class ScoringWorkers {
  /** Chunks and candidates of the batches so far. */
  private chunks = 0;
  private candidates = 0;
  private job: Promise<unknown> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly gone = new AbortController();

  private constructor(
    private readonly bus: Bus,
    private readonly jobs: JobRunner,
    private readonly queue: WorkQueue<Chunk, ChunkScore[]>,
    private readonly scoring: Scoring,
    private readonly signal: AbortSignal,
  ) {}

  static async of(bus: Bus, jobs: JobRunner, scoring: Scoring, signal: AbortSignal): Promise<ScoringWorkers> {
    return new ScoringWorkers(bus, jobs, await bus.workQueue(scoring.task), scoring, signal);
  }

  /** The scores of all candidates of the task, in their order. Raises why the workers failed. */
  async scoreAll<C extends Scorable>(candidates: readonly C[]): Promise<Scored<C>[]> {
    const scores = await this.score(candidates, true);
    await this.end();
    return scores;
  }

  /**
   * The scores of a batch, in its order. The same batches must come in the same order whenever the task is begun again: what was
   * scored is not scored twice. After the `last` one the workers go. Raises why they failed.
   */
  async score<C extends Scorable>(candidates: readonly C[], last: boolean): Promise<Scored<C>[]> {
    const { queue, chunks: from, gone, signal } = this;
    const size = chunkSize(candidates.length, this.scoring.spec);
    const chunks = chunksOf(candidates, size);
    const before = await queue.add(chunks, from);
    this.chunks += chunks.length;
    if (last) await queue.close(this.chunks);
    this.begin(chunks.length);
    const arrived = this.counter(candidates.length, size, before);
    const either = AbortSignal.any([signal, gone.signal]);
    const results = await queue.resultsOf(from, chunks.length, either, arrived);
    this.candidates += candidates.length;
    return merge(candidates, results.flat());
  }

  /** Lets the workers go and waits until they are gone. */
  async end(): Promise<void> {
    try {
      await this.queue.close(this.chunks);
      await this.job;
    } finally {
      clearTimeout(this.timer);
    }
  }

  /** Starts the workers, once. */
  private begin(chunks: number): void {
    this.job ??= this.work(chunks);
    // Whoever waits for scores is told by the signal.
    this.job.catch(() => undefined);
  }

  private async work(chunks: number): Promise<void> {
    const { task, resumes, requested, ...input } = this.scoring;
    const { search, round, spec } = input;
    const { workers, threads, gpus, memoryMiB: podMemoryMiB } = spec.evaluate;
    const job = taskResults(
      this.jobs,
      {
        id: task,
        service: 'fitness-evaluator',
        replicas: Math.min(workers, chunks),
        of: { search, stage: 'evaluate', round },
        input,
        resources: { threads, gpus, memoryMiB: WORKER_MEMORY_MIB, podMemoryMiB },
        requested,
        resumes,
      },
      this.signal,
    );
    // Where they are done and what they brought is gone, a repetition will find it reported.
    const late = () => this.gone.abort(new NseError('ABORTED', 'the scores were taken by another process'));
    await job.then(
      () => {
        this.timer = setTimeout(late, SCORES_WITHIN_MS).unref();
      },
      (error: unknown) => {
        this.gone.abort(error);
        throw error;
      },
    );
  }

  /** Tells progress and metrics of a batch whenever a chunk of it has come; `before` of them were there from the beginning. */
  private counter(count: number, size: number, before: number): (done: number) => void {
    const { task, search, round, total: steps } = this.scoring;
    const earlier = this.candidates;
    const scored = (done: number) => Math.min(count, done * size);
    let counted = scored(before);
    return (done) => {
      this.bus.progress({ search, stage: 'evaluate', round, task, step: earlier + scored(done), steps });
      // Those that were there before were counted when they came.
      metrics.fitnessEvaluations.inc(Math.max(0, scored(done) - counted));
      counted = Math.max(counted, scored(done));
    };
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
