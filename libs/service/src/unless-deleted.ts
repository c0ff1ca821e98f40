import { Halt } from '@nse/jobs';
import type { Bus, StateEntry } from '@nse/messaging';
import { searchesBucket } from './halting.js';

/** What of a search tells whether it is there. */
interface Standing {
  readonly phase: string;
}

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
  const searches = await bus.states(searchesBucket, (value) => value as Standing);
  if (isDeleted(await searches.get(search))) return;
  const [deleted, over] = [new AbortController(), new AbortController()];
  const watch = async () => {
    for await (const change of searches.watch(search, over.signal)) {
      if (!isDeleted(change.kind === 'set' ? change : undefined)) continue;
      deleted.abort(new Halt(`search "${search}" was deleted`));
      return;
    }
  };
  // Blind work could go on for hours: stop, and let the event be tried again.
  const watching = watch().catch((error: unknown) => over.abort(error));
  try {
    await work(AbortSignal.any([signal, deleted.signal, over.signal]));
  } catch (error) {
    if (!deleted.signal.aborted) throw error;
  } finally {
    over.abort();
    await watching;
  }
}

const isDeleted = (entry: StateEntry<Standing> | undefined): boolean =>
  entry === undefined || entry.value.phase === 'DELETING';
