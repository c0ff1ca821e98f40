import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { forgetTasks } from '@nse/jobs';
import { type Bus, newEvent } from '@nse/messaging';
import { NseError } from '@nse/space';
import { markForDeletion } from './lifecycle.js';
import type { SearchState } from './state.js';
import type { SearchStore } from './store.js';

/** How long to wait before looking again at a search that another process deletes. */
const lookAgainMs = 500;

/**
 * Removes a search that is over with all that it left: tasks, artifacts, events, rounds. It is marked first, so that a
 * deletion that is cut short is finished when the service starts again. Where another process is at it, waits until it is done: two
 * at once would go on to delete what is made under the same name as soon as the first is done.
 * Raises NOT_FOUND, or FAILED_PRECONDITION for a search that is not over.
 */
export async function deleteSearch(bus: Bus, store: SearchStore, id: string): Promise<void> {
  await store.change(id, (state) => markForDeletion(state, new Date().toISOString()));
  while ((await finishDeletion(bus, store, id)) === 'elsewhere') await delay(lookAgainMs);
}

/** Finishes the deletion of a search that is marked. 'elsewhere' where a process that is there is at it. */
export async function finishDeletion(
  bus: Bus,
  store: SearchStore,
  id: string,
): Promise<'done' | 'elsewhere'> {
  const deletion = randomUUID();
  const left = await bus.answerFor(atWork(deletion));
  try {
    const taken = await takeOver(bus, store, id, deletion);
    if (taken === undefined) return 'done';
    if (taken.deletion !== deletion) return 'elsewhere';
    await removeAll(bus, store, taken);
    return 'done';
  } catch (error) {
    if (error instanceof NseError && error.code === 'NOT_FOUND') return 'done';
    if (error instanceof NseError && error.code === 'ABORTED') return 'elsewhere';
    throw error;
  } finally {
    left();
  }
}

/** The search with the deletion that goes on; undefined where there is none to delete. Raises NOT_FOUND where it goes meanwhile. */
async function takeOver(
  bus: Bus,
  store: SearchStore,
  id: string,
  deletion: string,
): Promise<SearchState | undefined> {
  const found = await store.find(id);
  if (found?.phase !== 'DELETING') return undefined;
  if (found.deletion !== undefined && (await bus.isAnswered(atWork(found.deletion)))) return found;
  return await store.change(id, (state) =>
    state.phase === 'DELETING' && state.deletion === found.deletion ? { ...state, deletion } : undefined,
  );
}

/** Every step may be repeated; the search itself goes last. Raises ABORTED where another process has taken over. */
async function removeAll(bus: Bus, store: SearchStore, state: SearchState): Promise<void> {
  const { id } = state;
  const stillOurs = async () => {
    if ((await store.find(id))?.deletion !== state.deletion)
      throw new NseError('ABORTED', `search "${id}" is deleted by another process`);
  };
  await forgetTasks(bus, id, stillOurs);
  for (const name of await bus.artifacts.names(`${id}/`)) {
    await stillOurs();
    await bus.artifacts.delete(name);
  }
  await stillOurs();
  await bus.forget(id);
  await bus.publish(newEvent('search.deleted', { search: id }, 'space-manager'));
  await store.remove(state);
}

const atWork = (deletion: string) => `deletion.${deletion}`;
