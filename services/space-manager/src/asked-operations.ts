import { searchId } from '@nse/messaging';
import { fromStruct, type messages } from '@nse/rpc';
import { NseError, type Operation, POOLS, type Violation } from '@nse/space';
import { parseOperations, type SearchSpec } from '@nse/spec';
import type { Wanted } from './larger-pool.js';

const MOST_OPERATIONS = 256;
const MOST_ROUNDS = 10_000;
/** As a spec has it. */
const LARGEST_K = 1_000;

/** A sound request. */
export interface AskedOperations {
  readonly search: string;
  readonly wanted: Wanted;
  /** 0 for as many as what waits calls for. */
  readonly rounds: number;
  /** Empty: one is made up. */
  readonly newSearch: string;
  /** K of the new search; 0 for that of the old. */
  readonly subsetSize: number;
}

/** Raises INVALID_ARGUMENT with every wrong field. */
export function readAsked(request: messages.AddOperationsRequest__Output): AskedOperations {
  const { pool, operations, rounds, newSearch, subsetSize } = request;
  const violations: Violation[] = [];
  const noting = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      const { code, violations: found } = NseError.from(error);
      if (code !== 'INVALID_ARGUMENT') throw error;
      violations.push(...found);
      return undefined;
    }
  };
  const search = noting(() => searchId(request.search));
  const wanted = noting(() => readWanted(pool, operations));
  if (rounds < 0 || rounds > MOST_ROUNDS) {
    violations.push({ field: 'rounds', description: `got ${rounds}; needs 0 to ${MOST_ROUNDS}` });
  }
  if (subsetSize !== 0 && (subsetSize < 2 || subsetSize > LARGEST_K)) {
    const description = `got ${subsetSize}; needs 2 to ${LARGEST_K}, or 0 for that of the search`;
    violations.push({ field: 'subset_size', description });
  }
  if (newSearch !== '') noting(() => searchId(newSearch, 'new_search'));
  if (search === undefined || wanted === undefined || violations.length > 0) {
    throw NseError.invalid(violations);
  }
  return { search, wanted, rounds, newSearch, subsetSize };
}

function readWanted(pool: string, operations: messages.AddOperationsRequest__Output['operations']): Wanted {
  if ((pool === '') === (operations.length === 0)) {
    const got = pool === '' ? 'neither' : 'both';
    throw NseError.invalid([{ field: 'pool', description: `got ${got}; needs pool or operations` }]);
  }
  if (pool !== '') return { pool: knownPool(pool) };
  if (operations.length > MOST_OPERATIONS) {
    const description = `got ${operations.length}; needs at most ${MOST_OPERATIONS}`;
    throw NseError.invalid([{ field: 'operations', description }]);
  }
  return { operations: readOperations(operations) };
}

function knownPool(name: string): SearchSpec['pool'] {
  const names = Object.keys(POOLS) as (keyof typeof POOLS)[];
  const found = names.find((known) => known === name);
  if (found !== undefined) return found;
  const description = `got ${JSON.stringify(name.slice(0, 60))}; needs one of ${names.join(', ')}`;
  throw NseError.invalid([{ field: 'pool', description }]);
}

function readOperations(structs: messages.AddOperationsRequest__Output['operations']): Operation[] {
  const written = structs.map((struct, index) => {
    try {
      return fromStruct(struct);
    } catch (error) {
      throw NseError.invalid(
        NseError.from(error).violations.map(({ field, description }) => ({
          field: `operations[${index}].${field}`,
          description,
        })),
      );
    }
  });
  return parseOperations(written, 'operations');
}
