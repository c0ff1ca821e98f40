import type { JobRunner, JobSpec } from '@nse/jobs';
import { NseError } from '@nse/space';

/**
 * Runs a task of one worker or several to its end and gives what each returned, by replica.
 * Raises FAILED_PRECONDITION with the reason where it failed for good, ABORTED where the signal stopped it.
 */
export async function taskResults<Result>(
  jobs: JobRunner,
  spec: JobSpec,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const outcome = await jobs.run(spec, signal);
  switch (outcome.kind) {
    case 'succeeded':
      // Only the worker of the same service writes the result.
      return outcome.results as readonly Result[];
    case 'failed': {
      const message = `task ${spec.id} failed after ${outcome.attempts} attempts: ${outcome.reason}`;
      throw new NseError('FAILED_PRECONDITION', message);
    }
    case 'cancelled':
      throw new NseError('ABORTED', `task ${spec.id} was stopped`);
  }
}

/** As `taskResults` for a task with one worker. */
export async function taskResult<Result>(
  jobs: JobRunner,
  spec: Omit<JobSpec, 'replicas'>,
  signal: AbortSignal,
): Promise<Result> {
  const [result] = await taskResults<Result>(jobs, { ...spec, replicas: 1 }, signal);
  if (result === undefined) throw new NseError('INTERNAL', `task ${spec.id} ended without a result`);
  return result;
}
