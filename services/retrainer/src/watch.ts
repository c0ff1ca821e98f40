import { isDeepStrictEqual } from 'node:util';
import type { Bus, NseEvent, ProgressMessage, StateChange } from '@nse/messaging';
import type { messages } from '@nse/rpc';
import { merged } from '@nse/service';
import { askedRetraining } from './asked-retraining.js';
import { ownRetraining } from './own-retraining.js';
import { requestTaskId, retrainTaskId } from './task.js';

/** The events that change a retraining, or take it away. */
const watched = [
  'search.completed',
  'retrain.completed',
  'task.failed',
  'search.resumed',
  'model.requested',
  'model.trained',
  'model.failed',
  'search.deleted',
] as const;

type Change = NseEvent<(typeof watched)[number]> | StateChange<unknown> | ProgressMessage;

/** The retraining of that id as it is now, for none the search's own. Raises NOT_FOUND where there is none. */
export const retrainingOf = (bus: Bus, search: string, id: string): Promise<messages.Retraining> =>
  id === '' ? ownRetraining(bus, search) : askedRetraining(bus, search, id);

/**
 * The retraining as it is, then every change and progress; ends when it is done or was given up. Raises NOT_FOUND where there is
 * none, also where the search is deleted meanwhile.
 */
export async function* watchRetraining(
  bus: Bus,
  search: string,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<messages.RetrainingUpdate, void> {
  let told = await retrainingOf(bus, search, id);
  yield { retraining: told };
  const over = new AbortController();
  try {
    if (isOver(told)) return;
    for await (const change of changesOf(bus, search, id, AbortSignal.any([signal, over.signal]))) {
      if ('step' in change) {
        yield { progress: change };
        continue;
      }
      const now = await retrainingOf(bus, search, id);
      if (isDeepStrictEqual(now, told)) continue;
      yield { retraining: (told = now) };
      if (isOver(now)) return;
    }
  } finally {
    over.abort();
  }
}

const isOver = ({ state }: messages.Retraining): boolean =>
  state === 'TASK_STATE_SUCCEEDED' || state === 'TASK_STATE_FAILED';

/** What may have changed the retraining: events, starts and ends of its workers; and their progress. */
async function* changesOf(
  bus: Bus,
  search: string,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<Change, void> {
  const tasks =
    id === ''
      ? [retrainTaskId(search, 'chosen'), retrainTaskId(search, 'random')]
      : [requestTaskId(search, id)];
  const runs = await bus.states('NSE_RUNS', (value) => value);
  const sources = merged<Change>(
    bus.replay({ search, types: watched, signal }),
    bus.onProgress({ search, stage: 'retrain', signal }),
    ...tasks.map((task) => runs.watch(`${task}.*`, signal)),
  );
  for await (const change of sources) {
    if ('step' in change && !tasks.includes(change.task ?? '')) continue;
    yield change;
  }
}
