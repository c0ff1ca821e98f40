import { type Bus, newEvent } from '@nse/messaging';
import type { handlers } from '@nse/rpc';
import { askedAgain, roundOrLast } from '@nse/service';
import { architectureEvaluation, watchArchitectureEvaluation } from './architecture-evaluation.js';
import { requestedEvaluation } from './requested.js';
import { roundEvaluation } from './round-evaluation.js';

/** The gRPC side of the fitness-evaluator. */
export function fitnessEvaluator(bus: Bus): handlers.FitnessEvaluator {
  return {
    getEvaluation: async (request) => {
      const { search } = request;
      return await roundEvaluation(bus, search, await roundOrLast(bus, search, request.round));
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
