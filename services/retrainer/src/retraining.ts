import type { JobRunner } from '@nse/jobs';
import { type Bus, type Consumption, newEvent, type NseEvent, type RetrainedModel } from '@nse/messaging';
import { taskResult } from '@nse/service';
import { parseSpec } from '@nse/spec';
import { type RetrainResult, type RetrainTask, retrainTaskId, type Role } from './task.js';

/** Of JavaScript's own heap; tensors live outside it. */
const WORKER_MEMORY_MIB = 2048;

/** Retrains the chosen architecture, and the random one, whenever a search's rounds are complete. */
export function startRetraining(bus: Bus, jobs: JobRunner): Promise<Consumption> {
  return bus.consume({
    durable: 'retrainer',
    types: ['search.completed'],
    givenUp: 'retrain',
    handler: async (event, { signal }) => {
      await bus.publish(await retrained(jobs, event, signal));
    },
  });
}

async function retrained(
  jobs: JobRunner,
  { data }: NseEvent<'search.completed'>,
  signal: AbortSignal,
): Promise<NseEvent> {
  const { search } = data;
  const spec = parseSpec(data.spec);
  const train = (role: Role, code: string) => retrainOne(jobs, { search, role, code, spec }, signal);
  const [chosen, random] = await Promise.all([
    train('chosen', data.chosen.code),
    data.random === null ? null : train('random', data.random.code),
  ]);
  return newEvent('retrain.completed', { search, chosen, random }, 'retrainer');
}

async function retrainOne(jobs: JobRunner, input: RetrainTask, signal: AbortSignal): Promise<RetrainedModel> {
  const { search, role, spec } = input;
  const job = {
    id: retrainTaskId(search, role),
    service: 'retrainer',
    of: { search, stage: 'retrain', round: 0 },
    input,
    resources: { threads: spec.retrain.threads, gpus: spec.retrain.gpus, memoryMiB: WORKER_MEMORY_MIB },
  } as const;
  return await taskResult<RetrainResult>(jobs, job, signal);
}
