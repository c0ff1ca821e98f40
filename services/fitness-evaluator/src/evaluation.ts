import type { JobRunner } from '@nse/jobs';
import { type Bus, type Consumption, type EventMap, newEvent, type NseEvent } from '@nse/messaging';
import { costOfSearch, taskResults } from '@nse/service';
import { macroNetwork, NseError, poolNamed } from '@nse/space';
import { parseSpec } from '@nse/spec';
import { type Chunk, chunksOf } from './chunks.js';
import { type Candidate, drawCandidates } from './draw.js';
import { reportedEvaluation } from './reported.js';
import { scoresArtifact, type StoredScore } from './scores.js';
import { type ChunkScore, type EvaluateTask, evaluateTaskId } from './task.js';

/** Chunks for each worker: enough that all end at about the same time, few enough that neighbours share prefixes. */
const CHUNKS_A_WORKER = 4;

/** When the workers are done every score is there, unless another process has reported and cleared them. */
const SCORES_WITHIN_MS = 30_000;

/** Of JavaScript's own heap; tensors live outside it. */
const WORKER_MEMORY_MIB = 2048;

/** Scores architectures whenever a supernet is trained. */
export function startEvaluation(bus: Bus, jobs: JobRunner): Promise<Consumption> {
  return bus.consume({
    durable: 'fitness-evaluator',
    types: ['supernet.trained'],
    givenUp: 'evaluate',
    handler: async (event, { signal }) => {
      const { search, round } = event.data;
      // Delivered again after the scores were cleared: nobody would score them a second time.
      if ((await reportedEvaluation(bus, search, round)) === undefined) {
        await bus.publish(await evaluated(bus, jobs, event, signal));
      }
      // Last: until the event is out, a crash must find the scores again.
      await (await bus.workQueue(evaluateTaskId(search, round))).clear();
    },
  });
}

async function evaluated(
  bus: Bus,
  jobs: JobRunner,
  { data }: NseEvent<'supernet.trained'>,
  signal: AbortSignal,
): Promise<NseEvent> {
  const { search, round, seconds: trainSeconds, ...rest } = data;
  const started = performance.now();
  const spec = parseSpec(data.spec);
  const network = macroNetwork(spec.network);
  const pool = poolNamed(spec.pool);
  const cost = await costOfSearch(bus, spec, network, pool);
  const candidates = drawCandidates({ ...data, spec, network, pool, cost });

  const task = evaluateTaskId(search, round);
  const scores = await scoreAll(bus, jobs, task, { ...data, spec }, candidates, signal);
  const stored = await bus.artifacts.put(scoresArtifact(search, round), Buffer.from(JSON.stringify(scores)));
  const seconds = (performance.now() - started) / 1000;
  const payload: EventMap['fitness.evaluated'] = {
    ...rest,
    search,
    round,
    spec,
    scores: stored,
    count: scores.length,
    seconds,
    trainSeconds,
  };
  return newEvent('fitness.evaluated', payload, 'fitness-evaluator');
}

/** Hands the candidates out in chunks and waits for every score. */
async function scoreAll(
  bus: Bus,
  jobs: JobRunner,
  task: string,
  { search, round, weights, subsets, spec }: Omit<EvaluateTask, 'total'>,
  candidates: readonly Candidate[],
  signal: AbortSignal,
): Promise<StoredScore[]> {
  const { workers, threads, gpus } = spec.evaluate;
  const size = Math.max(1, Math.ceil(candidates.length / (workers * CHUNKS_A_WORKER)));
  const queue = await bus.workQueue<Chunk, ChunkScore[]>(task);
  const chunks = chunksOf(candidates, size);
  await queue.enqueue(chunks);
  const arrived = (done: number) =>
    bus.progress({
      search,
      stage: 'evaluate',
      round,
      step: Math.min(candidates.length, done * size),
      steps: candidates.length,
    });
  const input: EvaluateTask = { search, round, spec, total: candidates.length, weights, subsets };
  const job = taskResults(
    jobs,
    {
      id: task,
      service: 'fitness-evaluator',
      replicas: Math.min(workers, chunks.length),
      of: { search, stage: 'evaluate', round },
      input,
      resources: { threads, gpus, memoryMiB: WORKER_MEMORY_MIB },
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

function merge(candidates: readonly Candidate[], scores: readonly ChunkScore[]): StoredScore[] {
  const byIndex = new Map(scores.map((score) => [score.index, score]));
  return candidates.map(({ architecture: _, ...candidate }, index) => {
    const score = byIndex.get(index);
    if (score === undefined) throw new NseError('INTERNAL', `architecture ${candidate.code} was not scored`);
    return { ...candidate, accuracy: score.accuracy, loss: score.loss };
  });
}
