import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Bus, searchId } from '@nse/messaging';
import { fromStruct, type handlers, type messages, toStruct } from '@nse/rpc';
import { costOfSearch } from '@nse/service';
import {
  decodeArchitecture,
  describeArchitecture,
  macroNetwork,
  NseError,
  operationName,
  poolNamed,
  POOLS,
} from '@nse/space';
import { parseSpec, presetNamed, presets, type SearchSpec } from '@nse/spec';
import { architectureMessage, frontMessage, roundMessage, searchMessage } from './messages.js';
import type { Reactions } from './reactions.js';
import { beginSearch } from './round.js';
import { completedRounds, type RoundRecord } from './state.js';
import type { SearchStore } from './store.js';
import { watchSearch } from './watch.js';

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;

/** The gRPC side of the space-manager. */
export function spaceManager(bus: Bus, store: SearchStore, reactions: Reactions): handlers.SpaceManager {
  return {
    createSearch: async ({ spec, preset, overrides, search }) => {
      const base = preset === '' ? fromStruct(spec) : presetNamed(preset);
      const parsed = parseSpec(withFields(base, fromStruct(overrides)));
      const id = search === '' ? newId(parsed) : searchId(search);
      // A constraint that cannot be priced must fail here, not in the middle of a search.
      await costOfSearch(bus, parsed, macroNetwork(parsed.network), poolNamed(parsed.pool));
      const state = await createOnce(store, id, parsed);
      await reactions.announce(state);
      return searchMessage(state);
    },

    getSearch: async ({ search }) => searchMessage(await store.get(required(search))),

    listSearches: async ({ pageSize, pageToken }) => {
      const size = Math.min(pageSize === 0 ? DEFAULT_PAGE : pageSize, MAX_PAGE);
      const all = await store.list();
      const start = pageToken === '' ? 0 : 1 + all.findIndex(({ id }) => id === pageToken);
      const page = all.slice(start, start + size);
      const more = start + size < all.length;
      return { searches: page.map(searchMessage), nextPageToken: more ? (page.at(-1)?.id ?? '') : '' };
    },

    watchSearch: ({ search }, { signal }) => watchSearch(bus, store, required(search), signal),

    getRound: async ({ search, round }) => roundMessage(await roundOf(store, search, round)),

    getFront: async ({ search, round }) => {
      const record = await roundOf(store, search, round);
      return frontMessage(record.round, record.front);
    },

    describeArchitecture: async ({ search, code }) => {
      const { spec } = await store.get(required(search));
      const network = macroNetwork(spec.network);
      const pool = poolNamed(spec.pool);
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

/** The object with some fields replaced, also within objects. */
function withFields(base: unknown, fields: unknown): unknown {
  if (!isPlainObject(base) || !isPlainObject(fields)) return fields;
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(fields)) merged[name] = withFields(merged[name], value);
  return merged;
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const newId = ({ name }: SearchSpec) => `${name.slice(0, 31)}-${randomUUID().slice(0, 8)}`;

function required(search: string): string {
  if (search === '') throw new NseError('INVALID_ARGUMENT', 'needs the id of a search', { field: 'search' });
  return search;
}

/** The new search, or the one that has the id and the same spec already. */
async function createOnce(store: SearchStore, id: string, spec: SearchSpec) {
  const state = beginSearch(id, spec, new Date().toISOString());
  try {
    await store.create(state);
    return state;
  } catch (error) {
    if (!(error instanceof NseError && error.code === 'ALREADY_EXISTS')) throw error;
  }
  const existing = await store.get(id);
  if (isDeepStrictEqual(toStruct(existing.spec), toStruct(spec))) return existing;
  throw new NseError('ALREADY_EXISTS', `search "${id}" exists with another spec`, { field: 'search' });
}

/** A completed round; 0 for the last. Raises NOT_FOUND. */
async function roundOf(store: SearchStore, search: string, round: number): Promise<RoundRecord> {
  const state = await store.get(required(search));
  const record = await store.findRound(search, round === 0 ? completedRounds(state) : round);
  if (record !== undefined) return record;
  const description = round === 0 ? 'no round is complete yet' : `round ${round} is not complete`;
  throw new NseError('NOT_FOUND', description, { field: 'round' });
}
