import { operationName } from '@nse/space';
import { type PoolChoice, poolOf, type SearchSpec } from '@nse/spec';
import { withPool } from './larger-pool.js';
import type { Extension, SearchState } from './state.js';

type Extended = Pick<SearchState, 'spec' | 'extensions' | 'oldPool'>;

/** An operation of a pool, for people. */
export interface Named {
  readonly index: number;
  readonly name: string;
}

/** The spec as the search was created with, apart from what was open then: without what joined its pool since. */
export function createdSpec({ spec, extensions = [] }: Extended): SearchSpec {
  const [first] = extensions;
  if (first === undefined) return spec;
  const { rounds, ...choice } = first.before;
  return withPool(spec, choice, { rounds });
}

/** The pool as it was when that round was over. */
export function choiceAfter({ spec, extensions = [] }: Extended, round: number): PoolChoice {
  return extensions.find((extension) => extension.round > round)?.before ?? spec;
}

/**
 * Per operation of the pool, the first round that may have tried it: 1, later for what joined later, 0 for what came with the search
 * that this one goes on from.
 */
export function sinceOf({ spec, extensions = [], oldPool }: Extended): number[] {
  const steps = [
    { size: oldPool === undefined ? 0 : sizeOf(oldPool), since: 0 },
    ...extensions.map(({ before }, index) => ({
      size: sizeOf(before),
      since: afterwards(extensions[index - 1]),
    })),
    { size: sizeOf(spec), since: afterwards(extensions.at(-1)) },
  ];
  return steps.flatMap(({ size, since }, index) =>
    Array.from({ length: size - (steps[index - 1]?.size ?? 0) }, () => since),
  );
}

/** The operations of which this round is the first that may have tried them, where they are not all that a search began with. */
export function joinedBefore(state: Extended, round: number): Named[] {
  if (round === 1 && state.oldPool === undefined) return [];
  const since = sinceOf(state);
  return namedOf(state.spec).filter(({ index }) => since[index] === round);
}

/** The operations that joined by this extension. */
export function joinedBy({ spec, extensions = [] }: Extended, extension: Extension): Named[] {
  const next = extensions[extensions.indexOf(extension) + 1];
  return namedOf(next?.before ?? spec).slice(sizeOf(extension.before));
}

export const namedOf = (choice: PoolChoice): Named[] =>
  poolOf(choice).operations.map((operation, index) => ({ index, name: operationName(operation) }));

const afterwards = (extension: Extension | undefined) => (extension === undefined ? 1 : extension.round + 1);

const sizeOf = (choice: PoolChoice) => poolOf(choice).operations.length;
