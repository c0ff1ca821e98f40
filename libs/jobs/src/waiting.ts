import type { Bus, StateChange, States } from '@nse/messaging';
import { type TaskOrigin, taskId } from './job.js';
import { openWaiting, sayWaiting, waitingFilter, waitingKey, type WaitingRecord } from './task-store.js';

const opened = new WeakMap<Bus, Promise<States<WaitingRecord>>>();

/**
 * What keeps the workers of one of these tasks, the first that says so; empty where nothing is known to be wrong. One read for each task,
 * however many there are in all: calls of clients come by here.
 */
export async function waitingReason(bus: Bus, tasks: readonly string[]): Promise<string> {
  if (tasks.length === 0) return '';
  const open = await waitingOf(bus);
  const found = await Promise.all(tasks.map((task) => open.get(waitingKey(task))));
  return found.find((entry) => entry?.value.waiting !== undefined)?.value.waiting ?? '';
}

/** Says why a stage that no worker does waits, as services say it of workers; undefined where it gets on. */
export async function tellWaiting(bus: Bus, of: TaskOrigin, waiting: string | undefined): Promise<void> {
  await sayWaiting(await waitingOf(bus), taskId(of, of.stage), of, waiting);
}

/** For a stage that is over. */
export async function forgetWaiting(bus: Bus, of: TaskOrigin): Promise<void> {
  // Watchers hear of what is written, not of what is removed.
  if ((await waitingReason(bus, [taskId(of, of.stage)])) !== '') await tellWaiting(bus, of, undefined);
  await (await waitingOf(bus)).purge(waitingKey(taskId(of, of.stage)));
}

async function waitingOf(bus: Bus): Promise<States<WaitingRecord>> {
  let entries = opened.get(bus);
  if (entries === undefined) {
    entries = openWaiting(bus);
    opened.set(bus, entries);
    // One that failed is not kept.
    entries.catch(() => opened.delete(bus));
  }
  return await entries;
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
