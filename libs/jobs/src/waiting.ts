import type { Bus, StateChange } from '@nse/messaging';
import { openWaiting, waitingFilter, type WaitingRecord } from './task-store.js';

/** What keeps a task's workers from getting on, such as want of a free GPU or an image that cannot be pulled. */
export interface Waiting {
  readonly of: WaitingRecord['of'];
  readonly reason: string;
}

/** All tasks whose workers do not get on. */
export async function waitingTasks(bus: Bus): Promise<Waiting[]> {
  const entries = await openWaiting(bus);
  const keys = await entries.keys(waitingFilter);
  const found = await Promise.all(keys.map((key) => entries.get(key)));
  return found.flatMap((entry) => asWaiting(entry?.value));
}

/** Says whenever a task of the search may have begun or ceased to wait, until the signal aborts. */
export async function* waitingChanges(
  bus: Bus,
  search: string,
  signal: AbortSignal,
): AsyncGenerator<'waiting', void> {
  const entries = await openWaiting(bus);
  for await (const change of entries.watch(waitingFilter, signal)) {
    if (isOf(change, search)) yield 'waiting';
  }
}

function isOf(change: StateChange<WaitingRecord>, search: string): boolean {
  return change.kind === 'set' && change.value.of.search === search;
}

function asWaiting(record: WaitingRecord | undefined): Waiting[] {
  return record?.waiting === undefined ? [] : [{ of: record.of, reason: record.waiting }];
}
