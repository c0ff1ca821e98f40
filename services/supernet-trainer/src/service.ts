import { taskStatus } from '@nse/jobs';
import type { Bus } from '@nse/messaging';
import type { handlers } from '@nse/rpc';
import { type TrainResult, trainTaskId } from './task.js';

/** The gRPC side of the supernet-trainer. */
export function supernetTrainer(bus: Bus): handlers.SupernetTrainer {
  return {
    getTraining: async ({ search, round }) => {
      const what = `training of round ${round} of search "${search}"`;
      const { state, attempts, checkpointStep, results, failure } = await taskStatus(
        bus,
        trainTaskId(search, round),
        what,
      );
      const result = results[0] as TrainResult | undefined;
      return {
        search,
        round,
        state,
        attempts,
        checkpointStep,
        failure: failure === undefined ? null : { stage: 'train', round, reason: failure, attempts },
        ...(result === undefined ? {} : resultMessage(result)),
      };
    },
  };
}

function resultMessage({ subsets, pruned, weights, curve, seconds }: TrainResult) {
  return { subsets: subsets.map(operations), pruned: pruned.map(operations), weights, curve, seconds };
}

const operations = (index: readonly number[]) => ({ index: [...index] });
