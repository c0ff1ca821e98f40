import { randomUUID } from 'node:crypto';
import { type Bus, searchId } from '@nse/messaging';
import { fromStruct, type messages } from '@nse/rpc';
import { NseError } from '@nse/space';
import { isAskedFor, parseSpec, presetNamed, type SearchSpec } from '@nse/spec';
import { needsTable, priced } from './budget.js';
import { createdSpec } from './extensions.js';
import { growFrom } from './grow.js';
import { beginSearch } from './round.js';
import type { SearchState } from './state.js';
import type { SearchStore } from './store.js';

/**
 * Stores a new search as the request asks for it; the same id, spec and owner again give the search that is there.
 * Raises INVALID_ARGUMENT with every wrong field, NOT_FOUND for the preset, FAILED_PRECONDITION for a table that is missing,
 * ALREADY_EXISTS for an id with another spec or owner.
 */
export async function createSearch(
  bus: Bus,
  store: SearchStore,
  request: messages.CreateSearchRequest__Output,
): Promise<SearchState> {
  const spec = requestedSpec(request);
  const id = request.search === '' ? newId(spec) : searchId(request.search);
  return await createAsked(bus, store, id, { spec, owner: checkedOwner(request.owner) });
}

/** Stores a new search under that id, or gives the one that is there where it is the same. Raises as `createSearch` does. */
export async function createAsked(
  bus: Bus,
  store: SearchStore,
  id: string,
  asked: Asked,
): Promise<SearchState> {
  const { spec } = asked;
  // First, so that a repeated call needs nothing that is gone by now: a table, or the search that it goes on from.
  const existing = await store.find(id);
  if (existing !== undefined) return sameAsAsked(existing, asked);
  // A device's table may still have to be built: the search's own stage `prepare` waits for it.
  const { spec: known, cost } = needsTable(spec) ? { spec, cost: undefined } : await priced(bus, spec);
  const now = new Date().toISOString();
  const { continueFrom } = spec;
  const state =
    continueFrom === undefined
      ? beginSearch(id, known, now)
      : growFrom(await oldSearch(store, continueFrom), { id, spec: known, cost, now });
  return await createOnce(store, { ...state, owner: asked.owner }, asked);
}

/** What makes two requests for an id the same. */
type Asked = Pick<SearchState, 'spec' | 'owner'>;

/** Raises INVALID_ARGUMENT. */
function checkedOwner(owner: string): string {
  if (/^[!-~]{0,200}$/.test(owner)) return owner;
  const description = `got ${JSON.stringify(owner.slice(0, 60))}; needs at most 200 visible ASCII characters`;
  throw new NseError('INVALID_ARGUMENT', description, { field: 'owner' });
}

/** A spec or a preset, with the overrides. Raises INVALID_ARGUMENT for every wrong field, NOT_FOUND for the preset. */
function requestedSpec({ spec, preset, overrides }: messages.CreateSearchRequest__Output): SearchSpec {
  const written = fromStruct(spec);
  if (preset !== '' && Object.keys(written).length > 0) {
    throw new NseError('INVALID_ARGUMENT', 'give a spec or a preset, not both', { field: 'preset' });
  }
  const base = preset === '' ? written : presetNamed(preset);
  return parseSpec(withFields(base, fromStruct(overrides)));
}

async function oldSearch(store: SearchStore, id: string): Promise<SearchState> {
  const found = await store.find(searchId(id, 'continueFrom'));
  if (found !== undefined) return found;
  throw new NseError('NOT_FOUND', `there is no search "${id}"`, { field: 'continueFrom' });
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

/** The new search, or the one that somebody else has stored under its id meanwhile. */
async function createOnce(store: SearchStore, state: SearchState, asked: Asked): Promise<SearchState> {
  try {
    await store.create(state);
    return state;
  } catch (error) {
    if (!(error instanceof NseError && error.code === 'ALREADY_EXISTS')) throw error;
  }
  return sameAsAsked(await store.get(state.id), asked);
}

/** The search that is there, where it is the one that was asked for. Raises ALREADY_EXISTS where it is another. */
function sameAsAsked(existing: SearchState, asked: Asked): SearchState {
  const { id, phase } = existing;
  if (phase === 'DELETING') {
    throw new NseError('ABORTED', `search "${id}" is being deleted; try again`, { field: 'search' });
  }
  if (existing.owner !== asked.owner) {
    const message = `search "${id}" exists and was made for ${existing.owner === '' ? 'somebody else' : `"${existing.owner}"`}`;
    throw new NseError('ALREADY_EXISTS', message, { field: 'search', reason: 'NameTaken' });
  }
  if (isAskedFor(createdSpec(existing), asked.spec)) return existing;
  throw new NseError('ALREADY_EXISTS', `search "${id}" exists with another spec`, { field: 'search' });
}
