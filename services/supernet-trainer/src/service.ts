import type { Bus } from '@nse/messaging';
import type { handlers } from '@nse/rpc';
import { roundOrLast, taskReport } from '@nse/service';
import { type TrainResult, trainTaskId } from './task.js';

/** The gRPC side of the supernet-trainer. */
export function supernetTrainer(bus: Bus): handlers.SupernetTrainer {
  return {
    getTraining: async (request) => {
      const { search } = request;
      const round = await roundOrLast(bus, search, request.round);
      const of = { search, stage: 'train', round } as const;
      const what = `training of round ${round} of search "${search}"`;
      const report = await taskReport(bus, trainTaskId(search, round), of, what);
      const { state, attempts, checkpointStep, failure, results, waiting, peakMemoryBytes = 0 } = report;
      const result = results[0] as TrainResult | undefined;
      return {
        search,
        round,
        state,
        attempts,
        checkpointStep,
        failure,
        waiting,
        peakMemoryBytes,
        ...(result === undefined ? {} : resultMessage(result)),
      };
    },
  };
}

function resultMessage({ subsets, pruned, weights, curve, seconds }: TrainResult) {
  return { subsets: subsets.map(operations), pruned: pruned.map(operations), weights, curve, seconds };
}

const operations = (index: readonly number[]) => ({ index: [...index] });
