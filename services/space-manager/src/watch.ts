import { waitingChanges } from '@nse/jobs';
import type { Bus, ProgressMessage } from '@nse/messaging';
import type { messages } from '@nse/rpc';
import { roundMessage, searchMessage } from './messages.js';
import { merged } from '@nse/service';
import { completedRounds, isOver, type SearchState } from './state.js';
import type { SearchStore } from './store.js';
import { waitingOf } from './waiting.js';

/**
 * A search as it is, then its changes (also of what its workers wait for), completed rounds and progress, in the order in which they come; ends once the search is
 * over or removed. Rounds completed before are sent first, so a watcher that comes late or again misses none. Raises NOT_FOUND.
 */
export async function* watchSearch(
  bus: Bus,
  store: SearchStore,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<messages.SearchUpdate, void> {
  let last = await store.get(id);
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  let told = 0;
  let toldWaiting = '';
  try {
    for await (const item of merged<SearchState | ProgressMessage | 'waiting'>(
      store.watch(id, either),
      bus.onProgress({ search: id, signal: either }),
      // One that is over waits for nothing, and is told of at once.
      ...(isOver(last) ? [] : [waitingChanges(bus, id, either)]),
    )) {
      if (item === 'waiting') {
        const search = searchMessage(last, await waitingOf(bus, last));
        if (search.waiting !== toldWaiting) yield { search };
        toldWaiting = search.waiting ?? '';
        continue;
      }
      if (!('spec' in item)) {
        yield { progress: item };
        continue;
      }
      last = item;
      for (; told < completedRounds(item); told++) {
        const record = await store.findRound(id, told + 1);
        if (record !== undefined) yield { round: roundMessage(record, item) };
      }
      const search = searchMessage(item, await waitingOf(bus, item));
      toldWaiting = search.waiting ?? '';
      yield { search };
      if (isOver(item)) return;
    }
  } finally {
    done.abort();
  }
}
