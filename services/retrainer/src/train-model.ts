import type { JobRunner } from '@nse/jobs';
import type { RetrainedModel } from '@nse/messaging';
import { taskResult } from '@nse/service';
import type { RetrainResult, RetrainTask } from './task.js';

/** Of JavaScript's own heap; tensors live outside it. */
const WORKER_MEMORY_MIB = 2048;

/** Has a worker train one architecture. Raises why that failed, ABORTED where the signal stopped it. */
export async function trainModel(
  jobs: JobRunner,
  id: string,
  input: RetrainTask,
  signal: AbortSignal,
  resumes: number,
): Promise<RetrainedModel> {
  const { search, spec } = input;
  const job = {
    id,
    service: 'retrainer',
    of: { search, stage: 'retrain', round: 0 },
    input,
    imagesPerStep: spec.retrain.batchSize,
    resources: {
      threads: spec.retrain.threads,
      gpus: spec.retrain.gpus,
      memoryMiB: WORKER_MEMORY_MIB,
      podMemoryMiB: spec.retrain.memoryMiB,
    },
    resumes,
    // The search's own models have a role in it.
    requested: input.role === undefined,
  } as const;
  return await taskResult<RetrainResult>(jobs, job, signal);
}
