import type { Bus } from '@nse/messaging';
import { type Standing, unlessOver } from './halting.js';

/**
 * Does the work unless the search is deleted. Where that happens in the middle, the work's signal aborts with a `Halt` and the
 * work is left where it was. What clients ask for goes on in a search that is paused or over, so nothing else stops it.
 */
export async function unlessDeleted(
  bus: Bus,
  search: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const guard = { isOver: isDeleted, reason: `search "${search}" was deleted` };
  await unlessOver(bus, search, guard, signal, work);
}

const isDeleted = (entry: { readonly value: Standing } | undefined): boolean =>
  entry === undefined || entry.value.phase === 'DELETING';
