import type { Bus } from '@nse/messaging';
import { TaskStore } from './task-store.js';

/**
 * Removes every task of a search: its workers' records, checkpoints, artifacts and chunks of work. For a search that is over:
 * a worker that still runs can write nothing any more, since its record is gone. `before` is called before each task, and ends it
 * all where it raises.
 */
export async function forgetTasks(
  bus: Bus,
  search: string,
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const store = await TaskStore.open(bus);
  for (const { id, replicas } of await store.tasksOf(search)) {
    await before();
    await store.remove(id, replicas);
    await (await bus.workQueue(id)).clear();
    for (const prefix of [`${id}/`, `${id}.`]) {
      for (const name of await bus.artifacts.names(prefix)) await bus.artifacts.delete(name);
    }
  }
}
