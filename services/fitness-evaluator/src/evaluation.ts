import type { JobRunner } from '@nse/jobs';
import { type Bus, type Consumption, type EventMap, newEvent, type NseEvent } from '@nse/messaging';
import { costOfSearch, startStage } from '@nse/service';
import { macroNetwork } from '@nse/space';
import { parseSpec, poolOf } from '@nse/spec';
import { drawCandidates } from './draw.js';
import { reportedEvaluation } from './reported.js';
import { scoresArtifact } from './scores.js';
import { scoreAll } from './scoring.js';
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
      await (await bus.workQueue(evaluateTaskId(search, round))).clear();
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
  const { search, round, seconds: trainSeconds, ...rest } = data;
  const started = performance.now();
  const spec = parseSpec(data.spec);
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  const cost = await costOfSearch(bus, spec, network, pool);
  const candidates = drawCandidates({ ...data, spec, network, pool, cost });

  const task = evaluateTaskId(search, round);
  const scores = await scoreAll(bus, jobs, task, { ...data, spec, resumes }, candidates, signal);
  const stored = await bus.artifacts.put(scoresArtifact(search, round), Buffer.from(JSON.stringify(scores)));
  const seconds = (performance.now() - started) / 1000;
  const payload: EventMap['fitness.evaluated'] = {
    ...rest,
    search,
    round,
    spec,
    scores: stored,
    count: scores.length,
    seconds,
    trainSeconds,
  };
  return newEvent('fitness.evaluated', payload, 'fitness-evaluator');
}
