import { taskStatus } from '@nse/jobs';
import type { Bus } from '@nse/messaging';
import type { handlers } from '@nse/rpc';
import { type EvaluateTask, evaluateTaskId } from './task.js';

/** The gRPC side of the fitness-evaluator. */
export function fitnessEvaluator(bus: Bus): handlers.FitnessEvaluator {
  return {
    getEvaluation: async ({ search, round }) => {
      const id = evaluateTaskId(search, round);
      const what = `evaluation of round ${round} of search "${search}"`;
      const { state, attempts, task, failure } = await taskStatus(bus, id, what);
      const { total } = task.input as EvaluateTask;
      // The event follows the last score; what it says is all there is to say of a finished evaluation.
      const done = await evaluatedEvent(bus, search, round);
      return {
        search,
        round,
        state: done === undefined && state === 'TASK_STATE_SUCCEEDED' ? 'TASK_STATE_RUNNING' : state,
        total,
        scored: done === undefined ? await scoredSoFar(bus, id, total) : total,
        workers: task.replicas,
        failure: failure === undefined ? null : { stage: 'evaluate', round, reason: failure, attempts },
        ...(done === undefined ? {} : { scores: done.scores, seconds: done.seconds }),
      };
    },
  };
}

async function evaluatedEvent(bus: Bus, search: string, round: number) {
  for await (const { data } of bus.replay({ search, types: ['fitness.evaluated'], follow: false })) {
    if (data.round === round) return data;
  }
  return undefined;
}

/** Chunks are of one size, but for the last. */
async function scoredSoFar(bus: Bus, id: string, total: number): Promise<number> {
  const queue = await bus.workQueue(id);
  const { done, total: chunks } = await queue.counts();
  return chunks === 0 ? 0 : Math.min(total, done * Math.ceil(total / chunks));
}
