import { durationText } from '@nse/report';
import type { messages } from '@nse/rpc';
import { notSucceeded } from '../follow.js';
import { LiveView } from '../live.js';
import { messageJson } from '../message-json.js';
import { printLine, type Shell } from '../shell.js';
import { updates } from '../updates.js';

type Job = messages.DeviceJob__Output;

/** What is done on a device, as the service tells of it. */
export interface OnDevice {
  readonly job: Job | null;
}

/** Shows how far a job on a device is until it is over, and gives it as it is then. Raises where it has not succeeded. */
export async function followJob<T extends OnDevice>(
  shell: Shell,
  what: string,
  begun: T,
  open: () => AsyncGenerator<T, void>,
  json: boolean,
): Promise<T> {
  const view = new LiveView(shell.stdout);
  let last = begun;
  for await (const update of updates(open, ({ job }) => isJobOver(job), shell.signal)) {
    if (json) printLine(shell, messageJson(update));
    else show(view, what, last.job, update.job);
    last = update;
  }
  view.finish();
  const { state, reason } = last.job ?? {};
  if (state !== 'DEVICE_JOB_STATE_SUCCEEDED') {
    const how = state === 'DEVICE_JOB_STATE_CANCELLED' ? 'was cancelled' : 'failed';
    throw notSucceeded(`${what} ${how}: ${reason ?? 'no reason is known'}`);
  }
  return last;
}

const over: readonly (messages.DeviceJobState__Output | undefined)[] = [
  'DEVICE_JOB_STATE_SUCCEEDED',
  'DEVICE_JOB_STATE_FAILED',
  'DEVICE_JOB_STATE_CANCELLED',
];

export const isJobOver = (job: Job | null): boolean => over.includes(job?.state);

function show(view: LiveView, what: string, before: Job | null, job: Job | null): void {
  if (job === null) return;
  const { reason, done, total, state } = job;
  if (reason !== '' && reason !== before?.reason && !isJobOver(job)) view.print(`Waiting: ${reason}`);
  if (state === 'DEVICE_JOB_STATE_RUNNING' && total > 0) {
    view.progress({ stage: what, task: '', step: done, steps: total });
  }
}

/** The job in a line: `running, 12 of 80, 3 min 5 s left: MBConv k3 t6`. */
export function jobText(job: Job): string {
  const state = job.state.slice('DEVICE_JOB_STATE_'.length).toLowerCase();
  const far = job.total > 0 ? `, ${job.done} of ${job.total}` : '';
  const left = job.secondsLeft > 0 ? `, ${durationText(job.secondsLeft)} left` : '';
  const detail = [job.reason, job.what].filter((text) => text !== '').join('; ');
  return `${state}${far}${left}${detail === '' ? '' : `: ${detail}`}`;
}
