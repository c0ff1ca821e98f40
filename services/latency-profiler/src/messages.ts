import { type messages, toTimestamp } from '@nse/rpc';
import type { KnownDevice } from './devices/registry.js';
import { type JobRecord, type JobState, jobText, reasonOf } from './jobs/job.js';
import { optionsMessage } from './measure-options.js';

const jobStates: Readonly<Record<JobState, messages.DeviceJobState__Output>> = {
  waiting: 'DEVICE_JOB_STATE_WAITING',
  running: 'DEVICE_JOB_STATE_RUNNING',
  succeeded: 'DEVICE_JOB_STATE_SUCCEEDED',
  failed: 'DEVICE_JOB_STATE_FAILED',
  cancelled: 'DEVICE_JOB_STATE_CANCELLED',
};

export function jobMessage({ request, state, ...job }: JobRecord): messages.DeviceJob {
  return {
    device: request.device,
    state: jobStates[state],
    reason: reasonOf(job),
    attempts: job.attempts,
    done: job.progress.done,
    total: job.progress.total,
    what: job.progress.what,
    secondsLeft: job.progress.secondsLeft,
    createTime: toTimestamp(job.askedAt),
    options: optionsMessage(request.options),
  };
}

export const measurementMessage = (job: JobRecord): messages.Measurement => ({
  id: job.request.name,
  job: jobMessage(job),
  latencies: [...job.latencies],
});

/** The device with what is done on it, by the jobs that are known. */
export function deviceMessage(
  { facts, state, seenAt, why }: KnownDevice,
  jobs: Iterable<JobRecord>,
): messages.Device {
  const own = [...jobs].filter(({ request }) => request.device === facts.id);
  const running = state === 'attached' ? own.find((job) => job.state === 'running') : undefined;
  const { id, kind, model, runtime, format, cores, properties } = facts;
  return {
    ...{
      id,
      kind,
      model,
      runtime,
      format,
      cores,
      properties: { ...properties, ...(why === undefined ? {} : { unusable: why }) },
    },
    state:
      state === 'away'
        ? 'DEVICE_STATE_AWAY'
        : running === undefined
          ? 'DEVICE_STATE_READY'
          : 'DEVICE_STATE_BUSY',
    job: running === undefined ? '' : jobText(running.request),
    waiting: own.filter((job) => job.state === 'waiting' || (job.state === 'running' && job !== running))
      .length,
    seenTime: toTimestamp(seenAt),
  };
}
