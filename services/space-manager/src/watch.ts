import type { Bus, ProgressMessage } from '@nse/messaging';
import type { messages } from '@nse/rpc';
import { roundMessage, searchMessage } from './messages.js';
import { merged } from '@nse/service';
import { completedRounds, isOver, type SearchState } from './state.js';
import type { SearchStore } from './store.js';

/**
 * A search as it is, then its changes, completed rounds and progress, in the order in which they come; ends once the search is
 * over or removed. Rounds completed before are sent first, so a watcher that comes late or again misses none. Raises NOT_FOUND.
 */
export async function* watchSearch(
  bus: Bus,
  store: SearchStore,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<messages.SearchUpdate, void> {
  await store.get(id);
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  let told = 0;
  try {
    for await (const item of merged<SearchState | ProgressMessage>(
      store.watch(id, either),
      bus.onProgress({ search: id, signal: either }),
    )) {
      if (!('spec' in item)) {
        yield { progress: item };
        continue;
      }
      for (; told < completedRounds(item); told++) {
        const record = await store.findRound(id, told + 1);
        if (record !== undefined) yield { round: roundMessage(record) };
      }
      yield { search: searchMessage(item) };
      if (isOver(item)) return;
    }
  } finally {
    done.abort();
  }
}
