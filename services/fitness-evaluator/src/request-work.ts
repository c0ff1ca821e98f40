import type { JobRunner } from '@nse/jobs';
import type { Bus, Consumption, EvaluationCompleted, EvaluationRequested } from '@nse/messaging';
import { costOfSearch, startRequests } from '@nse/service';
import { decodeArchitecture, macroNetwork, macsCost } from '@nse/space';
import { parseSpec, poolOf } from '@nse/spec';
import { ScoringWorkers } from './scoring.js';
import { requestTaskId } from './task.js';

/** Scores the architectures that clients give, as those of a round are scored. */
export function startEvaluationRequests(bus: Bus, jobs: JobRunner): Promise<Consumption> {
  return startRequests(bus, {
    service: 'fitness-evaluator',
    kind: 'evaluation',
    perform: (request, signal) => evaluated(bus, jobs, request, signal),
    // After the report: until it is out, a crash must find the scores again.
    tidy: async ({ search, request }) => {
      await (await bus.workQueue(requestTaskId(search, request))).clear();
    },
  });
}

async function evaluated(
  bus: Bus,
  jobs: JobRunner,
  { search, request, round, codes, weights, subsets, resumes = 0, ...data }: EvaluationRequested,
  signal: AbortSignal,
): Promise<EvaluationCompleted> {
  const spec = parseSpec(data.spec);
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  const cost = await costOfSearch(bus, spec, network, pool);
  const macs = macsCost(network, pool);
  const candidates = codes.map((code) => {
    const architecture = decodeArchitecture(code, network, pool);
    return { architecture, code, cost: cost.total(architecture), macs: macs.total(architecture) };
  });
  const task = requestTaskId(search, request);
  const total = candidates.length;
  const scoring = { task, search, round, spec, weights, subsets, total, resumes, requested: true };
  const workers = await ScoringWorkers.of(bus, jobs, scoring, signal);
  const scores = await workers.scoreAll(candidates);
  return { search, request, round, scores };
}
