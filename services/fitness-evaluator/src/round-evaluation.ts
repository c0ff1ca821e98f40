import type { Bus } from '@nse/messaging';
import type { messages } from '@nse/rpc';
import { type TaskReport, taskReport } from '@nse/service';
import { NseError } from '@nse/space';
import { chunkSize } from './chunks.js';
import { reportedEvaluation } from './reported.js';
import { type EvaluateTask, evaluateTaskIds } from './task.js';

/** Where the scoring of a round stands. Raises NOT_FOUND where it was never begun. */
export async function roundEvaluation(bus: Bus, search: string, round: number): Promise<messages.Evaluation> {
  const { id, report } = await begun(bus, search, round);
  const { state, task, failure, waiting, peakMemoryBytes = 0 } = report;
  const input = task.input as EvaluateTask;
  // The event follows the last score; what it says is all there is to say of a finished evaluation.
  const done = await reportedEvaluation(bus, search, round);
  return {
    search,
    round,
    state: done === undefined && state === 'TASK_STATE_SUCCEEDED' ? 'TASK_STATE_RUNNING' : state,
    total: done?.count ?? input.total,
    scored: done?.count ?? (await scoredSoFar(bus, id, input)),
    workers: task.replicas,
    failure,
    waiting,
    peakMemoryBytes,
    ...(done === undefined ? {} : { scores: done.scores, seconds: done.seconds }),
  };
}

/** The round's task, that of an evolution or not: which of them it is only the task itself knows. */
async function begun(bus: Bus, search: string, round: number): Promise<{ id: string; report: TaskReport }> {
  const of = { search, stage: 'evaluate', round } as const;
  const what = `evaluation of round ${round} of search "${search}"`;
  const [evolution, single] = evaluateTaskIds(search, round);
  try {
    return { id: evolution, report: await taskReport(bus, evolution, of, what) };
  } catch (error) {
    if (NseError.from(error).code !== 'NOT_FOUND') throw error;
    return { id: single, report: await taskReport(bus, single, of, what) };
  }
}

/** Chunks are of one size, but for the last of a batch. */
async function scoredSoFar(
  bus: Bus,
  id: string,
  { total, batch = total, spec }: EvaluateTask,
): Promise<number> {
  const { done } = await (await bus.workQueue(id)).counts();
  const size = chunkSize(batch, spec);
  const batchChunks = Math.ceil(batch / size);
  const batches = Math.floor(done / batchChunks);
  return Math.min(total, batches * batch + Math.min(batch, (done % batchChunks) * size));
}
