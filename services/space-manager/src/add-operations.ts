import type { Bus } from '@nse/messaging';
import type { messages } from '@nse/rpc';
import { costOfSearch } from '@nse/service';
import { layersOf, macroNetwork, NseError, operationName, type Violation } from '@nse/space';
import { isWholePool, poolChoiceOf, poolOf, type SearchSpec } from '@nse/spec';
import { type AskedOperations, readAsked } from './asked-operations.js';
import { continueSearch } from './continue-search.js';
import { extendSearch } from './grow.js';
import { type Asked, type LargerPool, largerPool } from './larger-pool.js';
import type { Reactions } from './reactions.js';
import { hasRound, type SearchState, takesReports } from './state.js';
import type { SearchStore } from './store.js';

/** What the call works with. */
export interface Parts {
  readonly bus: Bus;
  readonly store: SearchStore;
  readonly reactions: Reactions;
}

/** What became of operations that were to join a search. */
export interface AddedOperations {
  /** The search that has them. */
  readonly state: SearchState;
  /** Whether that is a new one, which goes on from the one that was asked for. */
  readonly continued: boolean;
  readonly asked: readonly Asked[];
}

/** In a violation the rest is counted. */
const MOST_NAMED = 20;

/**
 * Lets operations join the pool of a search: in place while it has rounds to go, else in a new search that goes on from it. Nothing
 * changes where the pool has them already, and the same call again gives the same.
 * Raises INVALID_ARGUMENT with every wrong field, NOT_FOUND for the search, FAILED_PRECONDITION where it cannot grow.
 */
export async function addOperations(
  { bus, store, reactions }: Parts,
  request: messages.AddOperationsRequest__Output,
): Promise<AddedOperations> {
  const wanted = readAsked(request);
  const last: { larger?: LargerPool; inPlace?: boolean } = {};
  const state = await reactions.move(wanted.search, async (before) => {
    last.larger = soundPool(before, wanted);
    last.inPlace = !last.larger.asked.some(({ added }) => added) || isInRounds(before);
    return await extended(bus, before, last.larger, wanted);
  });
  const { larger, inPlace } = last;
  if (larger === undefined) throw new NseError('INTERNAL', 'a search was changed without being looked at');
  if (inPlace === true) return { state, continued: false, asked: larger.asked };
  const next = await continueSearch({ bus, store }, state, larger.choice, wanted);
  await reactions.announce(next);
  return { state: next, continued: true, asked: larger.asked };
}

/** The search grown in place; undefined where there is nothing to add, or no round to go. */
async function extended(
  bus: Bus,
  before: SearchState,
  { choice, asked }: LargerPool,
  { rounds, subsetSize }: AskedOperations,
): Promise<SearchState | undefined> {
  if (!asked.some(({ added }) => added) || !isInRounds(before)) return undefined;
  if (subsetSize !== 0 && subsetSize !== before.spec.subsetSize) {
    const message = `search "${before.id}" has rounds to go and keeps K = ${before.spec.subsetSize}: another is for a search that is over`;
    throw new NseError('FAILED_PRECONDITION', message, { field: 'subset_size' });
  }
  const next = extendSearch(before, { choice, rounds, now: new Date().toISOString() });
  await checkPriced(bus, next);
  return next;
}

/** Whether a round is under way, also of a search that is halted and can go on. */
const isInRounds = (state: SearchState) => takesReports(state) && hasRound(state.stage);

/** The larger pool. Raises what keeps the search from having it. */
function soundPool(state: SearchState, wanted: AskedOperations): LargerPool {
  const { id, spec, phase, stage } = state;
  const refused = (why: string) =>
    new NseError('FAILED_PRECONDITION', `search "${id}" ${why}`, { field: 'search' });
  if (phase === 'DELETING') throw refused('is being deleted');
  if (isWholePool(spec.method)) {
    throw refused(`has the method ${spec.method}, which takes its whole pool at once: begin another search`);
  }
  const larger = largerPool(poolChoiceOf(spec), wanted.wanted);
  if (!larger.asked.some(({ added }) => added)) return larger;
  checkChannels(spec, larger, wanted);
  if (stage === 'prepare' && takesReports(state)) {
    throw refused(
      'waits for its latency table, which is made for the operations that it has: try again once its rounds are over',
    );
  }
  return larger;
}

/** Raises INVALID_ARGUMENT with every new operation whose groups do not divide the channels of a cell. */
function checkChannels({ network }: SearchSpec, { asked }: LargerPool, { wanted }: AskedOperations): void {
  const { cells } = macroNetwork(network);
  const found = asked.flatMap(({ operation, added }, place): Violation[] => {
    if (!added) return [];
    const field = 'pool' in wanted ? 'pool' : `operations[${place}].groups`;
    for (const { index, inChannels, outChannels, stride, sizeIn: size } of cells) {
      try {
        layersOf(operation, { inChannels, outChannels, stride, size });
      } catch (error) {
        const description = `${operationName(operation)} in cell ${index}: ${NseError.from(error).message}`;
        return [{ field, description }];
      }
    }
    return [];
  });
  if (found.length === 0) return;
  const more = found.length - MOST_NAMED;
  const rest = more > 0 ? [{ field: found[0]?.field ?? 'pool', description: `${more} more do not fit` }] : [];
  throw NseError.invalid([...found.slice(0, MOST_NAMED), ...rest]);
}

/** Raises INVALID_ARGUMENT with what the latency table of a search lacks for its larger pool, and says what to do. */
async function checkPriced(bus: Bus, { id, spec }: SearchState): Promise<void> {
  try {
    await costOfSearch(bus, spec, macroNetwork(spec.network), poolOf(spec));
  } catch (error) {
    const { code, violations } = NseError.from(error);
    if (code !== 'INVALID_ARGUMENT') throw error;
    const description = `"${id}" goes by a latency table that cannot price what is new; add it once the rounds are over`;
    throw NseError.invalid([{ field: 'search', description }, ...violations]);
  }
}
