import type { Bus } from '@nse/messaging';
import { taskStatus } from '@nse/jobs';
import type { messages } from '@nse/rpc';
import { requestOf, type RequestRecord, requestsOf } from '@nse/service';
import { NseError } from '@nse/space';
import { modelMessage } from './model-message.js';
import { requestTaskId } from './task.js';

/** A retraining that a client asked for, as it is now. Raises NOT_FOUND where nobody asked for it. */
export async function askedRetraining(bus: Bus, search: string, id: string): Promise<messages.Retraining> {
  return await retrainingMessage(bus, await requestOf(bus, 'model', search, id));
}

/** All that clients asked for in a search, oldest first. Raises INVALID_ARGUMENT for what can be no search's id. */
export async function askedRetrainings(bus: Bus, search: string): Promise<messages.Retraining[]> {
  const records = await requestsOf(bus, 'model', search);
  return await Promise.all(records.map((record) => retrainingMessage(bus, record)));
}

async function retrainingMessage(
  bus: Bus,
  { requested, done, failed }: RequestRecord<'model'>,
): Promise<messages.Retraining> {
  const { search, request: id, code, widthScale } = requested;
  const widths = widthScale === undefined ? {} : { widthScale };
  const base = { search, id, code, ...widths, failure: null, chosen: null, random: null, waiting: '' };
  if (done !== undefined) {
    return { ...base, state: 'TASK_STATE_SUCCEEDED', chosen: await modelMessage(bus, done.model) };
  }
  if (failed !== undefined) {
    const { reason, attempts } = failed;
    return {
      ...base,
      state: 'TASK_STATE_FAILED',
      failure: { stage: 'retrain', round: 0, reason, attempts },
    };
  }
  return { ...base, ...(await standing(bus, search, id)) };
}

/** Whether a worker has started, and what keeps it. What it brings counts once the event is out. */
async function standing(
  bus: Bus,
  search: string,
  id: string,
): Promise<Pick<messages.Retraining, 'state' | 'waiting'>> {
  try {
    const { state, waiting } = await taskStatus(bus, requestTaskId(search, id), 'task');
    return { state: state === 'TASK_STATE_PENDING' ? state : 'TASK_STATE_RUNNING', waiting };
  } catch (error) {
    if (!(error instanceof NseError && error.code === 'NOT_FOUND')) throw error;
    return { state: 'TASK_STATE_PENDING', waiting: '' };
  }
}
