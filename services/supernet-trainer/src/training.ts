import { type Bus, type Consumption, type EventMap, newEvent, type NseEvent } from '@nse/messaging';
import type { JobRunner } from '@nse/jobs';
import { startStage, taskResult } from '@nse/service';
import { parseSpec } from '@nse/spec';
import { type TrainResult, type TrainTask, trainTaskId } from './task.js';

/** Of JavaScript's own heap; tensors live outside it. */
const WORKER_MEMORY_MIB = 2048;

/** Trains a supernet whenever a round is prepared. */
export function startTraining(bus: Bus, jobs: JobRunner): Promise<Consumption> {
  return startStage(bus, {
    durable: 'supernet-trainer',
    stage: 'train',
    begins: 'round.prepared',
    perform: async (event, signal, resumes) => {
      await bus.publish(await trained(jobs, event, signal, resumes));
    },
  });
}

async function trained(
  jobs: JobRunner,
  { data }: NseEvent<'round.prepared'>,
  signal: AbortSignal,
  resumes: number,
): Promise<NseEvent> {
  const { search, round, rounds, subsets, optimized, oldFront, carried } = data;
  const spec = parseSpec(data.spec);
  const input: TrainTask = { search, round, spec, subsets, optimized, carried };
  const result = await taskResult<TrainResult>(
    jobs,
    {
      id: trainTaskId(search, round),
      service: 'supernet-trainer',
      of: { search, stage: 'train', round },
      input,
      resumes,
      imagesPerStep: spec.train.batchSize,
      resources: {
        threads: spec.train.threads,
        gpus: spec.train.gpus,
        memoryMiB: WORKER_MEMORY_MIB,
        podMemoryMiB: spec.train.memoryMiB,
      },
    },
    signal,
  );
  const payload: EventMap['supernet.trained'] = {
    search,
    round,
    rounds,
    spec,
    oldFront,
    ...result,
    carried: result.weights,
  };
  return newEvent('supernet.trained', payload, 'supernet-trainer');
}
