import { Halt } from '@nse/jobs';
import type { Bus, StateEntry, States } from '@nse/messaging';

/** The bucket of searches by id; the space-manager writes it, others read how a search stands. */
export const searchesBucket = 'NSE_SEARCHES';

/** What of a search tells whether it is halted. */
export interface Standing {
  readonly phase: string;
  readonly resumed?: { readonly count: number } | null;
}

/** How every search stands, by its id. */
export function openStandings(bus: Bus): Promise<States<Standing>> {
  return bus.states(searchesBucket, (value) => value as Standing);
}

/** The phases in which no stage's work goes on. */
export const haltedPhases: ReadonlySet<string> = new Set(['PAUSED', 'FAILED', 'CANCELLED', 'DELETING']);

/** Work on a search that an event asked for. */
export interface HaltableWork {
  readonly search: string;
  /** How many times the search had been resumed when the event was published, where it says so. */
  readonly resumes?: number;
}

/**
 * Does the work unless the search is halted: paused, failed, ended for good or removed. Where that happens in the middle, the
 * work's signal aborts with a `Halt`. Gives undefined where the work was not done to its end; `search.resumed` will ask for it again.
 */
export async function unlessHalted<T>(
  bus: Bus,
  { search, resumes = 0 }: HaltableWork,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const guard = {
    isOver: (entry: Entry) => isHalted(entry, resumes),
    reason: `search "${search}" was halted`,
  };
  return await unlessOver(bus, search, guard, signal, work);
}

type Entry = StateEntry<Standing> | undefined;

/**
 * Does the work unless it is over for the search, and aborts its signal with a `Halt` for the reason where that becomes so in the
 * middle. Gives undefined where the work was not done to its end.
 */
export async function unlessOver<T>(
  bus: Bus,
  search: string,
  { isOver, reason }: { readonly isOver: (entry: Entry) => boolean; readonly reason: string },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const searches = await openStandings(bus);
  if (isOver(await searches.get(search))) return undefined;
  const [halt, done] = [new AbortController(), new AbortController()];
  const watch = async () => {
    try {
      for await (const change of searches.watch(search, AbortSignal.any([signal, done.signal]))) {
        if (!isOver(change.kind === 'set' ? change : undefined)) continue;
        halt.abort(new Halt(reason));
        return true;
      }
    } catch (error) {
      // Blind work could go on for hours after a pause: stop, and let the event be tried again.
      halt.abort(error);
    }
    return false;
  };
  const watching = watch();
  try {
    return await work(AbortSignal.any([signal, halt.signal]));
  } catch (error) {
    done.abort();
    if (await watching) return undefined;
    throw error;
  } finally {
    done.abort();
  }
}

/** An entry from before the resume is a replica's that lags behind: the event knows better. */
function isHalted(entry: Entry, resumes: number): boolean {
  if (entry === undefined) return true;
  const { phase, resumed } = entry.value;
  return haltedPhases.has(phase) && (resumed?.count ?? 0) >= resumes;
}
