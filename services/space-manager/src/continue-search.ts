import type { Bus } from '@nse/messaging';
import { costOfSearch } from '@nse/service';
import { macroNetwork, NseError, roundsToTry, type Violation } from '@nse/space';
import { parseSpec, type PoolChoice, poolOf, type SearchSpec } from '@nse/spec';
import type { AskedOperations } from './asked-operations.js';
import { createAsked } from './create.js';
import { growFrom } from './grow.js';
import { withPool } from './larger-pool.js';
import type { SearchState } from './state.js';
import type { SearchStore } from './store.js';

const MAX_ID = 40;
/** More searches that go on from one are surely a mistake. */
const MOST_TRIED = 1_000;

/**
 * A new search with a larger pool that goes on from one whose rounds are over, with all else of its spec, but for K where another is asked for; the one that is there where
 * the same was asked for before. The optimized space, the front and what waits go on; the old search stays as it is.
 * Raises FAILED_PRECONDITION where the old one has no front, INVALID_ARGUMENT where its latency table cannot price what is new,
 * ALREADY_EXISTS where the id that was asked for is another search's.
 */
export async function continueSearch(
  { bus, store }: { readonly bus: Bus; readonly store: SearchStore },
  old: SearchState,
  choice: PoolChoice,
  { rounds, newSearch, subsetSize }: AskedOperations,
): Promise<SearchState> {
  const open = withPool(old.spec, choice, {
    rounds: 0,
    continueFrom: old.id,
    subsetSize: subsetSize > 0 ? subsetSize : old.spec.subsetSize,
  });
  const priced = await withoutShortTable(bus, open);
  const spec = withPool(priced, choice, { rounds: rounds > 0 ? rounds : roundsOf(old, priced) });
  for (const id of newSearch === '' ? idsAfter(old) : [newSearch]) {
    try {
      return await createAsked(bus, store, id, { spec, owner: '' });
    } catch (error) {
      const { code, message, violations } = NseError.from(error);
      if (code === 'INVALID_ARGUMENT') throw unpriced(old, violations);
      if (code !== 'ALREADY_EXISTS') throw error;
      if (newSearch !== '') throw new NseError(code, message, { field: 'new_search', cause: error });
    }
  }
  const message = `${MOST_TRIED} ids after "${old.id}" are taken: give one`;
  throw new NseError('ALREADY_EXISTS', message, { field: 'new_search' });
}

/** As many rounds as give all that waits its turn where cells keep one operation. Raises what keeps it from going on. */
function roundsOf(old: SearchState, spec: SearchSpec): number {
  try {
    const begun = growFrom(old, { id: old.id, spec, now: old.updatedAt });
    return 1 + roundsToTry(begun.space.pending, spec.subsetSize);
  } catch (error) {
    const { code, message } = NseError.from(error);
    if (code !== 'FAILED_PRECONDITION') throw error;
    throw new NseError(code, message, { field: 'search', cause: error });
  }
}

/** Without a table of the search's device that cannot price the larger pool: the new search has it completed before its first round. */
async function withoutShortTable(bus: Bus, spec: SearchSpec): Promise<SearchSpec> {
  const { latency } = spec.constraint;
  if (latency?.device === undefined || latency.table === undefined) return spec;
  try {
    await costOfSearch(bus, spec, macroNetwork(spec.network), poolOf(spec));
    return spec;
  } catch (error) {
    if (NseError.from(error).code !== 'INVALID_ARGUMENT') throw error;
  }
  return parseSpec({
    ...spec,
    constraint: { ...spec.constraint, latency: { ...latency, table: undefined } },
  });
}

/** What a spec that has just been read is refused for is its latency table. */
function unpriced({ id }: SearchState, violations: readonly Violation[]): NseError {
  const description = `"${id}" goes by a latency table that cannot price what is new: import one that can, and create a search with it and continueFrom: ${id}`;
  return NseError.invalid([{ field: 'search', description }, ...violations]);
}

/** `first-2`, `first-3` and so on, after `first` and after `first-2`, which goes on from it. */
function* idsAfter({ id, spec: { continueFrom } }: SearchState): Generator<string, void> {
  const unnumbered = (name: string) => name.replace(/-\d+$/, '');
  const isOneOfMany = continueFrom !== undefined && unnumbered(continueFrom) === unnumbered(id);
  const base = isOneOfMany ? unnumbered(id) : id;
  for (let number = 2; number < 2 + MOST_TRIED; number++) {
    const suffix = `-${number}`;
    yield `${base.slice(0, MAX_ID - suffix.length).replace(/-+$/, '')}${suffix}`;
  }
}
