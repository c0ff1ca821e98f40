import type { JobRunner } from '@nse/jobs';
import type { Bus, Consumption, ModelRequested } from '@nse/messaging';
import { requestId, specOfSearch, startRequests } from '@nse/service';
import { decodeArchitecture, encodeArchitecture, macroNetwork, NseError } from '@nse/space';
import { parseSpec, poolOf, type SearchSpec } from '@nse/spec';
import type { messages } from '@nse/rpc';
import { trainModel } from './train-model.js';
import { requestTaskId } from './task.js';

/**
 * What a client wants trained: the search's spec, with the seed and the length that were asked for. Raises INVALID_ARGUMENT with
 * every wrong cell and for a length that is none, NOT_FOUND for the search.
 */
export async function requestedModel(
  bus: Bus,
  { search, code, seed, epochs }: messages.StartRetrainingRequest__Output,
): Promise<ModelRequested> {
  const own = await specOfSearch(bus, search);
  const seeded = seed === undefined ? own : parseSpec({ ...own, seed });
  const spec = epochs === undefined ? seeded : withEpochs(seeded, epochs);
  const architecture = decodeArchitecture(code, macroNetwork(spec.network), poolOf(spec));
  const canonical = encodeArchitecture(architecture);
  // The whole spec, for its seed, and to tell the search from a deleted one that had the same name.
  return { search, request: requestId([search, canonical, spec]), code: canonical, spec };
}

/** As for `retrain.epochs`. */
const MOST_EPOCHS = 100_000;

/** The spec with another length of the final training, whose warm-up keeps its share. Raises INVALID_ARGUMENT for none. */
function withEpochs(spec: SearchSpec, epochs: number): SearchSpec {
  const { retrain } = spec;
  if (epochs === retrain.epochs) return spec;
  if (!(epochs > 0 && epochs <= MOST_EPOCHS)) {
    const description = `got ${epochs}; needs more than 0, at most ${MOST_EPOCHS}`;
    throw NseError.invalid([{ field: 'epochs', description }]);
  }
  const { learningRate } = retrain;
  const warmupEpochs = (learningRate.warmupEpochs * epochs) / retrain.epochs;
  return parseSpec({
    ...spec,
    retrain: { ...retrain, epochs, learningRate: { ...learningRate, warmupEpochs } },
  });
}

/** Trains the architectures that clients ask for, as a search's own are trained. */
export function startModelRequests(bus: Bus, jobs: JobRunner): Promise<Consumption> {
  return startRequests(bus, {
    service: 'retrainer',
    kind: 'model',
    perform: async ({ search, request, code, spec, resumes = 0 }, signal) => {
      const input = { search, code, spec: parseSpec(spec) };
      return {
        search,
        request,
        model: await trainModel(jobs, requestTaskId(search, request), input, signal, resumes),
      };
    },
  });
}
