import type { JobRunner } from '@nse/jobs';
import { type Bus, type Consumption, type EventMap, newEvent, type NseEvent } from '@nse/messaging';
import { costOfSearch, startStage } from '@nse/service';
import { macroNetwork } from '@nse/space';
import { parseSpec, poolOf } from '@nse/spec';
import { reportedEvaluation } from './reported.js';
import { roundScores, type WorkersFor } from './round-scores.js';
import { scoresArtifact } from './scores.js';
import { ScoringWorkers } from './scoring.js';
import { evaluateTaskId } from './task.js';

/** Scores architectures whenever a supernet is trained. */
export function startEvaluation(bus: Bus, jobs: JobRunner): Promise<Consumption> {
  return startStage(bus, {
    durable: 'fitness-evaluator',
    stage: 'evaluate',
    begins: 'supernet.trained',
    perform: async (event, signal, resumes) => {
      const { search, round } = event.data;
      // Delivered again after the scores were cleared: nobody would score them a second time.
      if ((await reportedEvaluation(bus, search, round)) === undefined) {
        await bus.publish(await evaluated(bus, jobs, event, signal, resumes));
      }
      // Last: until the event is out, a crash must find the scores again.
      await (await bus.workQueue(evaluateTaskId(search, round, parseSpec(event.data.spec)))).clear();
    },
  });
}

async function evaluated(
  bus: Bus,
  jobs: JobRunner,
  { data }: NseEvent<'supernet.trained'>,
  signal: AbortSignal,
  resumes: number,
): Promise<NseEvent> {
  const { search, round } = data;
  const started = performance.now();
  const spec = parseSpec(data.spec);
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  const cost = await costOfSearch(bus, spec, network, pool);
  const { weights, subsets } = data;
  const task = evaluateTaskId(search, round, spec);
  const workersFor: WorkersFor = (total, batch) => {
    const scoring = { task, search, round, spec, weights, subsets, total, batch, resumes, requested: false };
    return ScoringWorkers.of(bus, jobs, scoring, signal);
  };
  const scores = await roundScores({ ...data, spec, network, pool, cost }, workersFor);
  const stored = await bus.artifacts.put(scoresArtifact(task), Buffer.from(JSON.stringify(scores)));
  const seconds = (performance.now() - started) / 1000;
  const payload: EventMap['fitness.evaluated'] = {
    ...asBefore(data),
    spec,
    scores: stored,
    count: scores.length,
    seconds,
    trainSeconds: data.seconds,
  };
  return newEvent('fitness.evaluated', payload, 'fitness-evaluator');
}

/** What the next stage needs of what came; the alphas have served. */
const asBefore = ({ seconds: _, alphas: __, ...rest }: EventMap['supernet.trained']) => rest;
