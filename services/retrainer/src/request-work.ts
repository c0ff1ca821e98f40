import type { JobRunner } from '@nse/jobs';
import type { Bus, Consumption, ModelRequested } from '@nse/messaging';
import { requestId, specOfSearch, startRequests } from '@nse/service';
import { decodeArchitecture, encodeArchitecture, macroNetwork } from '@nse/space';
import { parseSpec, poolOf } from '@nse/spec';
import type { messages } from '@nse/rpc';
import { trainModel } from './train-model.js';
import { requestTaskId } from './task.js';

/**
 * What a client wants trained: the search's spec, with the seed that was asked for. Raises INVALID_ARGUMENT with every wrong
 * cell, NOT_FOUND for the search.
 */
export async function requestedModel(
  bus: Bus,
  { search, code, seed }: messages.StartRetrainingRequest__Output,
): Promise<ModelRequested> {
  const own = await specOfSearch(bus, search);
  const spec = seed === undefined ? own : parseSpec({ ...own, seed });
  const architecture = decodeArchitecture(code, macroNetwork(spec.network), poolOf(spec));
  const canonical = encodeArchitecture(architecture);
  // The whole spec, for its seed, and to tell the search from a deleted one that had the same name.
  return { search, request: requestId([search, canonical, spec]), code: canonical, spec };
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
