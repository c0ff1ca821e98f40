import type { JobRunner } from '@nse/jobs';
import type { Bus, Consumption, ModelRequested } from '@nse/messaging';
import { requestId, specOfSearch, startRequests } from '@nse/service';
import { decodeArchitecture, encodeArchitecture, macsCost, networkAt, NseError } from '@nse/space';
import { parseSpec, poolOf, type SearchSpec } from '@nse/spec';
import type { messages } from '@nse/rpc';
import { trainModel } from './train-model.js';
import { requestTaskId } from './task.js';

/**
 * What a client wants trained: the search's spec, with the seed, the length and the widths that were asked for. Raises
 * INVALID_ARGUMENT with every wrong cell and for a length or a width that is none, NOT_FOUND for the search.
 */
export async function requestedModel(
  bus: Bus,
  { search, code, seed, epochs, widthScale }: messages.StartRetrainingRequest__Output,
): Promise<ModelRequested> {
  const own = await specOfSearch(bus, search);
  const seeded = seed === undefined ? own : parseSpec({ ...own, seed });
  const spec = epochs === undefined ? seeded : withEpochs(seeded, epochs);
  const pool = poolOf(spec);
  const network = networkAt(spec.network, widthScale);
  const architecture = decodeArchitecture(code, network, pool);
  // At another scale channels may not divide into the groups of an operation.
  macsCost(network, pool);
  const widths = widthScale === undefined ? {} : { widthScale };
  const canonical = encodeArchitecture(architecture);
  // The whole spec, for its seed, and to tell the search from a deleted one that had the same name.
  const request = requestId([search, canonical, spec, ...Object.values(widths)]);
  return { search, request, code: canonical, ...widths, spec };
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
    perform: async ({ search, request, code, widthScale, spec, resumes = 0 }, signal) => {
      const widths = widthScale === undefined ? {} : { widthScale };
      const input = { search, code, ...widths, spec: parseSpec(spec) };
      return {
        search,
        request,
        model: await trainModel(jobs, requestTaskId(search, request), input, signal, resumes),
      };
    },
  });
}
