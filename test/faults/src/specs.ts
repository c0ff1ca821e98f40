import type { SearchSpec } from '@nse/spec';
import { tinyFields, tinySpec } from '@nse/testing';

/** The table of the specs that have a latency constraint. */
export const tableName = 'faults-device';

/** The search with some fields in place of its own. Raises INVALID_ARGUMENT where that is no sound spec. */
export function specWith(changes: Readonly<Record<string, unknown>>): SearchSpec {
  return tinySpec({ name: 'faults', seed: 7, ...changes });
}

/** The kinds of search that the campaign disturbs. */
export const specs: Readonly<Record<string, SearchSpec>> = {
  nse: specWith({}),
  single: specWith({ method: 'nse-single' }),
  latency: specWith({ constraint: { latency: { table: tableName, targetMs: 0.35, driftMs: 0.1 } } }),
  // One round and one model, for what has to be shown only once.
  short: specWith({ rounds: 1, retrain: { ...tinyFields.retrain, compareRandom: false } }),
};
