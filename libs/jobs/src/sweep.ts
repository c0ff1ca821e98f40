import type { Artifacts } from '@nse/messaging';
import type { TaskStore } from './task-store.js';

/**
 * Removes checkpoints that a finished task left: a worker that was killed between storing one and noting it, or between its
 * result and the end, removes nothing. Only then is the store looked through, as that takes time where it is large.
 */
export async function sweepCheckpoints(
  artifacts: Artifacts,
  store: TaskStore,
  { id, replicas }: { readonly id: string; readonly replicas: number },
  endedWell: boolean,
): Promise<void> {
  const records = await Promise.all(
    Array.from({ length: replicas }, (_, replica) => store.record(id, replica)),
  );
  if (endedWell && records.every((record) => record?.value.attempt === 1)) return;
  const left = await artifacts.names(`${id}.`);
  const checkpoint = /^\d+\.checkpoint-/;
  for (const name of left) {
    if (checkpoint.test(name.slice(id.length + 1))) await artifacts.delete(name);
  }
}
