import { isDeepStrictEqual } from 'node:util';
import { type Operation, poolNamed } from '@nse/space';
import { parseSpec, type PoolChoice, poolOf, type SearchSpec } from '@nse/spec';

/** Operations that are to join a pool: all of a named one, or the user's own. */
export type Wanted = { readonly pool: SearchSpec['pool'] } | { readonly operations: readonly Operation[] };

/** An operation that was asked for. */
export interface Asked {
  readonly operation: Operation;
  /** Its place in the larger pool. */
  readonly index: number;
  /** Whether the pool lacked it; of equal ones the first counts. */
  readonly added: boolean;
}

export interface LargerPool {
  /** What a spec says of it. The same as before where nothing is added. */
  readonly choice: PoolChoice;
  /** In the order in which they were asked for. */
  readonly asked: readonly Asked[];
}

/**
 * The pool with what it lacks of the wanted operations behind its own, so that codes mean the same as before. Where a named pool that
 * is wanted begins with all of them it takes their place; else the new ones become the user's own.
 */
export function largerPool(choice: PoolChoice, wanted: Wanted): LargerPool {
  const before = poolOf(choice).operations;
  const all = [...before];
  const operations = 'pool' in wanted ? poolNamed(wanted.pool).operations : wanted.operations;
  const asked = operations.map((operation): Asked => {
    const known = all.findIndex((one) => isDeepStrictEqual(one, operation));
    if (known >= 0) return { operation, index: known, added: false };
    return { operation, index: all.push(operation) - 1, added: true };
  });
  const added = all.slice(before.length);
  if (added.length === 0) return { choice, asked };
  if ('pool' in wanted && isDeepStrictEqual(operations.slice(0, before.length), before)) {
    return { choice: { pool: wanted.pool }, asked };
  }
  return { choice: { ...choice, addOperations: [...(choice.addOperations ?? []), ...added] }, asked };
}

/** The spec with another pool and some other fields. Raises INVALID_ARGUMENT where it does not fit the rest of the spec. */
export function withPool(
  spec: SearchSpec,
  choice: PoolChoice,
  changes: Partial<Pick<SearchSpec, 'rounds' | 'continueFrom' | 'subsetSize'>>,
): SearchSpec {
  const { pool, onlyOperations, addOperations } = choice;
  return parseSpec({ ...spec, pool, onlyOperations, addOperations, ...changes });
}
