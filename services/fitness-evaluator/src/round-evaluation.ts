import type { Bus } from '@nse/messaging';
import type { messages } from '@nse/rpc';
import { type TaskReport, taskReport } from '@nse/service';
import { NseError } from '@nse/space';
import { reportedEvaluation } from './reported.js';
import { type EvaluateTask, evaluateTaskId, evaluateTaskIds } from './task.js';

/** Where the scoring of a round stands, over all of its tasks. Raises NOT_FOUND where it was never begun. */
export async function roundEvaluation(bus: Bus, search: string, round: number): Promise<messages.Evaluation> {
  const { id, report } = await lastBegun(bus, search, round);
  const { state, task, failure, waiting, peakMemoryBytes = 0 } = report;
  const { total, part } = task.input as EvaluateTask;
  const { before, of } = part ?? { before: 0, of: total };
  // The event follows the last score; what it says is all there is to say of a finished evaluation.
  const done = await reportedEvaluation(bus, search, round);
  return {
    search,
    round,
    state: done === undefined && isBetween(state, before) ? 'TASK_STATE_RUNNING' : state,
    total: done?.count ?? of,
    scored: done?.count ?? before + (await scoredSoFar(bus, id, total)),
    workers: task.replicas,
    failure,
    waiting,
    peakMemoryBytes,
    ...(done === undefined ? {} : { scores: done.scores, seconds: done.seconds }),
  };
}

/** Whether the round is under way though its task is over, or a later one not begun: what follows from scores takes a moment. */
const isBetween = (state: TaskReport['state'], before: number) =>
  state === 'TASK_STATE_SUCCEEDED' || (state === 'TASK_STATE_PENDING' && before > 0);

/** The task that the round is at: the only one, or that of an evolution's last generation so far. */
async function lastBegun(
  bus: Bus,
  search: string,
  round: number,
): Promise<{ readonly id: string; readonly report: TaskReport }> {
  const of = { search, stage: 'evaluate', round } as const;
  const what = `evaluation of round ${round} of search "${search}"`;
  let id = evaluateTaskId(search, round);
  let report = await taskReport(bus, id, of, what);
  const { spec } = report.task.input as EvaluateTask;
  for (const later of evaluateTaskIds(search, round, spec).slice(1)) {
    // One that is not over has no next one yet.
    if (report.state !== 'TASK_STATE_SUCCEEDED') break;
    const next = await taskReport(bus, later, of, what).catch(unlessMissing);
    if (next === undefined) break;
    [id, report] = [later, next];
  }
  return { id, report };
}

function unlessMissing(error: unknown): undefined {
  if (NseError.from(error).code !== 'NOT_FOUND') throw error;
}

/** Chunks are of one size, but for the last. */
async function scoredSoFar(bus: Bus, id: string, total: number): Promise<number> {
  const queue = await bus.workQueue(id);
  const { done, total: chunks } = await queue.counts();
  return chunks === 0 ? 0 : Math.min(total, done * Math.ceil(total / chunks));
}
