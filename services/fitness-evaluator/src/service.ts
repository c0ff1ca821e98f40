import { type Bus, newEvent } from '@nse/messaging';
import type { handlers } from '@nse/rpc';
import { askedAgain, roundOrLast, taskReport } from '@nse/service';
import { architectureEvaluation, watchArchitectureEvaluation } from './architecture-evaluation.js';
import { reportedEvaluation } from './reported.js';
import { requestedEvaluation } from './requested.js';
import { type EvaluateTask, evaluateTaskId } from './task.js';

/** The gRPC side of the fitness-evaluator. */
export function fitnessEvaluator(bus: Bus): handlers.FitnessEvaluator {
  return {
    getEvaluation: async (request) => {
      const { search } = request;
      const round = await roundOrLast(bus, search, request.round);
      const id = evaluateTaskId(search, round);
      const of = { search, stage: 'evaluate', round } as const;
      const what = `evaluation of round ${round} of search "${search}"`;
      const { state, task, failure, waiting } = await taskReport(bus, id, of, what);
      const { total } = task.input as EvaluateTask;
      // The event follows the last score; what it says is all there is to say of a finished evaluation.
      const done = await reportedEvaluation(bus, search, round);
      return {
        search,
        round,
        state: done === undefined && state === 'TASK_STATE_SUCCEEDED' ? 'TASK_STATE_RUNNING' : state,
        total,
        scored: done === undefined ? await scoredSoFar(bus, id, total) : total,
        workers: task.replicas,
        failure,
        waiting,
        ...(done === undefined ? {} : { scores: done.scores, seconds: done.seconds }),
      };
    },

    evaluateArchitectures: async (request) => {
      const requested = await requestedEvaluation(bus, request);
      const published = await askedAgain(bus, 'evaluation', requested);
      await bus.publish(newEvent('evaluation.requested', published, 'fitness-evaluator'));
      return await architectureEvaluation(bus, requested.search, requested.request);
    },

    getArchitectureEvaluation: ({ search, id }) => architectureEvaluation(bus, search, id),

    watchArchitectureEvaluation: ({ search, id }, { signal }) =>
      watchArchitectureEvaluation(bus, search, id, signal),
  };
}

/** Chunks are of one size, but for the last. */
async function scoredSoFar(bus: Bus, id: string, total: number): Promise<number> {
  const queue = await bus.workQueue(id);
  const { done, total: chunks } = await queue.counts();
  return chunks === 0 ? 0 : Math.min(total, done * Math.ceil(total / chunks));
}
