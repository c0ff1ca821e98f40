import { toStruct } from '@nse/rpc';
import { NseError } from '@nse/space';
import type { SearchState } from '../state.js';
import { roundRecord, searchState } from './search.js';

/** An operation that no pool has. */
export const k13 = { kind: 'MBConv', kernel: 13, expansion: 1, squeezeExcitation: true, activation: 'swish' };

/** The user's own operations, as a request has them. */
export const own = (...operations: object[]) => ({ operations: operations.map(toStruct) });

/** What the call is refused with; raises where it is not. */
export const refusal = (call: Promise<unknown>) =>
  call.then(
    () => Promise.reject(new Error('was not refused')),
    (error: unknown) => NseError.from(error),
  );

/** A search whose rounds are over, with a front. */
export function over(id: string, changes: Partial<SearchState> = {}): SearchState {
  const { front } = roundRecord(id, 2);
  return searchState(id, { phase: 'SUCCEEDED', stage: 'retrain', round: 2, front, ...changes });
}
