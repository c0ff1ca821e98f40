import type { JobRunner } from '@nse/jobs';
import { type Bus, type Consumption, type EventMap, newEvent, type NseEvent } from '@nse/messaging';
import { costOfSearch, startStage } from '@nse/service';
import { macroNetwork } from '@nse/space';
import { parseSpec, poolOf } from '@nse/spec';
import { reportedEvaluation } from './reported.js';
import { roundScores, type ScoreCandidates } from './round-scores.js';
import { scoresArtifact } from './scores.js';
import { scoreAll } from './scoring.js';
import { evaluateTaskId, evaluateTaskIds } from './task.js';

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
      for (const task of evaluateTaskIds(search, round, parseSpec(event.data.spec))) {
        await (await bus.workQueue(task)).clear();
      }
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
  const score: ScoreCandidates = (candidates, of) => {
    const by = { ...data, spec, resumes, requested: false, ...(of && { part: of.part }) };
    return scoreAll(bus, jobs, evaluateTaskId(search, round, of?.generation), by, candidates, signal);
  };
  const scores = await roundScores({ ...data, spec, network, pool, cost }, score);
  const stored = await bus.artifacts.put(scoresArtifact(search, round), Buffer.from(JSON.stringify(scores)));
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
