import type { JobRunner } from '@nse/jobs';
import { type Bus, type Consumption, newEvent, type NseEvent } from '@nse/messaging';
import { startStage } from '@nse/service';
import { parseSpec } from '@nse/spec';
import { retrainTaskId, type Role } from './task.js';
import { trainModel } from './train-model.js';

/** Retrains the chosen architecture, and the random one, whenever a search's rounds are complete. */
export function startRetraining(bus: Bus, jobs: JobRunner): Promise<Consumption> {
  return startStage(bus, {
    durable: 'retrainer',
    stage: 'retrain',
    begins: 'search.completed',
    perform: async (event, signal, resumes) => {
      await bus.publish(await retrained(jobs, event, signal, resumes));
    },
  });
}

async function retrained(
  jobs: JobRunner,
  { data }: NseEvent<'search.completed'>,
  signal: AbortSignal,
  resumes: number,
): Promise<NseEvent> {
  const { search, scaled } = data;
  const spec = parseSpec(data.spec);
  const widths = scaled === undefined ? {} : { widthScale: scaled.scale };
  const train = (role: Role, code: string) =>
    trainModel(jobs, retrainTaskId(search, role), { search, role, code, ...widths, spec }, signal, resumes);
  const [chosen, random] = await Promise.all([
    train('chosen', data.chosen.code),
    data.random === null ? null : train('random', data.random.code),
  ]);
  return newEvent('retrain.completed', { search, chosen, random }, 'retrainer');
}
