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
import { parseSpec, presetNamed, presets, type SearchSpec, targetViolations } from '@nse/spec';
import { architectureMessage, frontMessage, roundMessage, searchMessage } from './messages.js';
import type { Reactions } from './reactions.js';
import { beginSearch } from './round.js';
import { completedRounds, type RoundRecord, type SearchState } from './state.js';
import type { SearchStore } from './store.js';
import { watchSearch } from './watch.js';

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;

/** The gRPC side of the space-manager. */
export function spaceManager(bus: Bus, store: SearchStore, reactions: Reactions): handlers.SpaceManager {
  return {
    createSearch: async (request) => {
      const parsed = requestedSpec(request);
      const id = request.search === '' ? newId(parsed) : searchId(request.search);
      await checkBudget(bus, parsed);
      const state = await createOnce(store, id, parsed);
      await reactions.announce(state);
      return searchMessage(state);
    },

    getSearch: async ({ search }) => searchMessage(await store.get(searchId(search))),

    listSearches: async ({ pageSize, pageToken }) => {
      const { page, next } = pageOf(await store.list(), pageSize, pageToken);
      return { searches: page.map(searchMessage), nextPageToken: next };
    },

    watchSearch: ({ search }, { signal }) => watchSearch(bus, store, searchId(search), signal),

    getRound: async ({ search, round }) => roundMessage(await roundOf(store, search, round)),

    getFront: async ({ search, round }) => {
      const record = await roundOf(store, search, round);
      return frontMessage(record.round, record.front);
    },

    describeArchitecture: async ({ search, code }) => {
      const { spec } = await store.get(searchId(search));
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

/** A spec or a preset, with the overrides. Raises INVALID_ARGUMENT for every wrong field, NOT_FOUND for the preset. */
function requestedSpec({ spec, preset, overrides }: messages.CreateSearchRequest__Output): SearchSpec {
  const written = fromStruct(spec);
  if (preset !== '' && Object.keys(written).length > 0) {
    throw new NseError('INVALID_ARGUMENT', 'give a spec or a preset, not both', { field: 'preset' });
  }
  const base = preset === '' ? written : presetNamed(preset);
  return parseSpec(withFields(base, fromStruct(overrides)));
}

/**
 * A constraint that cannot be priced or met must fail here, not in the middle of a search. MACs were checked with the spec.
 * Raises FAILED_PRECONDITION where the table is missing, INVALID_ARGUMENT where it lacks a layer or the target is out of reach.
 */
async function checkBudget(bus: Bus, spec: SearchSpec): Promise<void> {
  const cost = await costOfSearch(bus, spec, macroNetwork(spec.network), poolNamed(spec.pool));
  const violations = targetViolations(spec, cost);
  if (violations.length > 0) throw NseError.invalid(violations);
}

/** Part of the searches. Raises INVALID_ARGUMENT for a size below 0 and a token that no page gave. */
function pageOf(all: readonly SearchState[], size: number, token: string) {
  if (size < 0)
    throw new NseError('INVALID_ARGUMENT', `got ${size}; needs 0 or more`, { field: 'page_size' });
  const before = all.findIndex(({ id }) => id === token);
  if (token !== '' && before < 0) {
    throw new NseError('INVALID_ARGUMENT', 'is no token of a page', { field: 'page_token' });
  }
  const start = before + 1;
  const end = start + Math.min(size === 0 ? DEFAULT_PAGE : size, MAX_PAGE);
  const page = all.slice(start, end);
  return { page, next: end < all.length ? (page.at(-1)?.id ?? '') : '' };
}

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
  const state = await store.get(searchId(search));
  const record = await store.findRound(search, round === 0 ? completedRounds(state) : round);
  if (record !== undefined) return record;
  const description = round === 0 ? 'no round is complete yet' : `round ${round} is not complete`;
  throw new NseError('NOT_FOUND', description, { field: 'round' });
}
