import type { JobOutcome, JobRunner } from '@nse/jobs';
import { taskResult, taskResults } from './task-result.js';

/** A runner whose every task ends in this way. */
const ending = (outcome: JobOutcome): JobRunner => ({ run: () => Promise.resolve(outcome) });

const never = new AbortController().signal;
const spec = {
  id: 's-r1-train',
  service: 'supernet-trainer',
  of: { search: 's', stage: 'train', round: 1 },
  input: {},
  resources: { threads: 1, gpus: 0, memoryMiB: 100 },
} as const;

describe('the result of a task', () => {
  it('is what its worker returned', async () => {
    expect(await taskResult(ending({ kind: 'succeeded', results: [{ a: 1 }] }), spec, never)).toEqual({
      a: 1,
    });
  });

  it('with several workers is what each returned', async () => {
    const jobs = ending({ kind: 'succeeded', results: [1, 2] });
    expect(await taskResults(jobs, { ...spec, replicas: 2 }, never)).toEqual([1, 2]);
  });

  it('that failed for good is not worth another try, and says why', async () => {
    const jobs = ending({ kind: 'failed', reason: 'no images', attempts: 3 });
    await expect(taskResult(jobs, spec, never)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      retryable: false,
      message: 'task s-r1-train failed after 3 attempts: no images',
    });
  });

  it('that was stopped is worth another try', async () => {
    await expect(taskResult(ending({ kind: 'cancelled' }), spec, never)).rejects.toMatchObject({
      code: 'ABORTED',
      retryable: true,
    });
  });

  it('that is missing is a defect', async () => {
    const jobs = ending({ kind: 'succeeded', results: [] });
    await expect(taskResult(jobs, spec, never)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
