import { forgetTasks } from '@nse/jobs';
import { type Bus, newEvent } from '@nse/messaging';
import { markForDeletion } from './lifecycle.js';
import type { SearchState } from './state.js';
import type { SearchStore } from './store.js';

/**
 * Removes a search that is over with all that it left: tasks, artifacts, events, rounds. It is marked first, so that a
 * deletion that is cut short is finished when the service starts again. Nothing to do where there is no such search any more.
 * Raises NOT_FOUND, or FAILED_PRECONDITION for a search that is not over.
 */
export async function deleteSearch(bus: Bus, store: SearchStore, id: string): Promise<void> {
  const marked = await store.change(id, (state) => markForDeletion(state, new Date().toISOString()));
  await finishDeletion(bus, store, marked);
}

/** Every step may be repeated; the search itself goes last. */
export async function finishDeletion(bus: Bus, store: SearchStore, state: SearchState): Promise<void> {
  const { id } = state;
  await forgetTasks(bus, id);
  for (const name of await bus.artifacts.names(`${id}/`)) await bus.artifacts.delete(name);
  await bus.forget(id);
  await bus.publish(newEvent('search.deleted', { search: id }, 'space-manager'));
  await store.remove(state);
}
