import { type Bus, searchId } from '@nse/messaging';
import { type handlers, type messages, toStruct } from '@nse/rpc';
import { costOfSearch, pageOf } from '@nse/service';
import {
  decodeArchitecture,
  describeArchitecture,
  networkAt,
  NseError,
  operationName,
  POOLS,
} from '@nse/space';
import { poolOf, presets } from '@nse/spec';
import { addOperations } from './add-operations.js';
import { createSearch } from './create.js';
import { deleteSearch } from './deletion.js';
import { cancel, pause, resume, type Transition } from './lifecycle.js';
import {
  addedMessage,
  architectureMessage,
  frontMessage,
  historyMessage,
  roundMessage,
  searchMessage,
  spaceMessage,
} from './messages.js';
import type { Reactions } from './reactions.js';
import { completedRounds, type RoundRecord, type SearchState } from './state.js';
import type { SearchStore } from './store.js';
import { waitingOf } from './waiting.js';
import { watchSearch } from './watch.js';

/** The gRPC side of the space-manager. */
export function spaceManager(bus: Bus, store: SearchStore, reactions: Reactions): handlers.SpaceManager {
  const changed = async (search: string, transition: Transition) => {
    const now = new Date().toISOString();
    return searchMessage(await reactions.move(searchId(search), (before) => transition(before, now)));
  };
  const shown = async (state: SearchState) => searchMessage(state, await waitingOf(bus, state));
  return {
    createSearch: async (request) => {
      const state = await createSearch(bus, store, request);
      await reactions.announce(state);
      return searchMessage(state);
    },

    getSearch: async ({ search }) => await shown(await store.get(searchId(search))),

    listSearches: async ({ pageSize, pageToken }) => {
      const { items, next } = pageOf(await store.list(), ({ id }) => id, pageSize, pageToken);
      return { searches: await Promise.all(items.map(shown)), nextPageToken: next };
    },

    watchSearch: ({ search }, { signal }) => watchSearch(bus, store, searchId(search), signal),

    pauseSearch: ({ search }) => changed(search, pause),

    resumeSearch: async ({ search }) => {
      await reactions.catchUp(searchId(search));
      return await changed(search, resume);
    },

    addOperations: async (request) => {
      const added = await addOperations({ bus, store, reactions }, request);
      return addedMessage(added);
    },

    cancelSearch: ({ search }) => changed(search, cancel),

    deleteSearch: async ({ search }) => {
      await deleteSearch(bus, store, searchId(search));
      return {};
    },

    listRounds: async ({ search }) => {
      const state = await store.get(searchId(search));
      return { rounds: (await roundsOf(store, state)).map((record) => historyMessage(record, state)) };
    },

    getSpace: async ({ search, round }) => {
      const state = await store.get(searchId(search));
      return spaceMessage(await roundOf(store, state, round), state);
    },

    getRound: async ({ search, round }) => {
      const state = await store.get(searchId(search));
      return roundMessage(await roundOf(store, state, round), state);
    },

    getFront: async ({ search, round }) => {
      const record = await roundOf(store, await store.get(searchId(search)), round);
      return frontMessage(record.round, record.front);
    },

    describeArchitecture: async ({ search, code, widthScale }) => {
      const { spec } = await store.get(searchId(search));
      const network = networkAt(spec.network, widthScale);
      const pool = poolOf(spec);
      const architecture = decodeArchitecture(code, network, pool);
      const cost = await costOfSearch(bus, spec, network, pool);
      return architectureMessage(describeArchitecture(network, pool, architecture), cost.total(architecture));
    },

    listPools: () => Promise.resolve({ pools: Object.values(POOLS).map(poolMessage) }),

    listPresets: () =>
      Promise.resolve({
        presets: Object.entries(presets).map(([name, spec]) => ({ name, spec: toStruct(spec) })),
      }),
  };
}

const poolMessage = (pool: (typeof POOLS)[keyof typeof POOLS]): messages.Pool => ({
  name: pool.name,
  operations: pool.operations.map(operationName),
});

/** All completed rounds, first to last. */
async function roundsOf(store: SearchStore, state: SearchState): Promise<RoundRecord[]> {
  const found = await Promise.all(
    Array.from({ length: completedRounds(state) }, (_, index) => store.findRound(state.id, index + 1)),
  );
  return found.flatMap((record) => record ?? []);
}

/** A completed round; 0 for the last. Raises NOT_FOUND. */
async function roundOf(store: SearchStore, state: SearchState, round: number): Promise<RoundRecord> {
  const record = await store.findRound(state.id, round === 0 ? completedRounds(state) : round);
  if (record !== undefined) return record;
  const description = round === 0 ? 'no round is complete yet' : `round ${round} is not complete`;
  throw new NseError('NOT_FOUND', description, { field: 'round' });
}
