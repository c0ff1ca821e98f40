import { isDeepStrictEqual } from 'node:util';
import {
  type Cost,
  decodeArchitecture,
  extendSpace,
  growSpace,
  macroNetwork,
  NseError,
  operationName,
  type Pool,
  randomFrom,
  roundsToTry,
  type Violation,
} from '@nse/space';
import { type PoolChoice, poolChoiceOf, poolOf, type SearchSpec, unitOf } from '@nse/spec';
import { withPool } from './larger-pool.js';
import { beginSearch } from './round.js';
import { isOver, type SearchState } from './state.js';

/** The part of a search from which another may go on. */
export type GrowableSearch = Pick<SearchState, 'id' | 'spec' | 'phase' | 'stage' | 'front' | 'space'>;

/** The search to begin. */
export interface NewSearch {
  readonly id: string;
  readonly spec: SearchSpec;
  /** What architectures cost by the new spec; absent where its latency table is still to come: the front keeps its costs until then. */
  readonly cost?: Cost | undefined;
  /** ISO 8601. */
  readonly now: string;
}

const field = 'continueFrom';

/**
 * A new search that begins where `old` ended, before its first round (algorithm page, decision 6): with its optimized space
 * and its front, whose points say round 0, and with a pool that may be larger. Rounds are filled in where the spec leaves
 * them to what is pending. Weights do not go on: nothing of the old search is needed afterwards.
 * Raises INVALID_ARGUMENT that names all in which the specs do not fit, FAILED_PRECONDITION where `old` is not over or has
 * no front.
 */
export function growFrom(old: GrowableSearch, { id, spec, cost, now }: NewSearch): SearchState {
  const violations = misfits(old, spec);
  if (violations.length > 0) throw NseError.invalid(violations);
  checkOver(old);
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  const growth = {
    oldPoolSize: poolOf(old.spec).operations.length,
    poolSize: pool.operations.length,
    subsetSize: spec.subsetSize,
  };
  const { space, rounds } = growSpace(old.space, growth, randomFrom(spec.seed, 'space', 'grown'));
  const front = old.front.map((point) => ({
    ...point,
    cost: cost === undefined ? point.cost : cost.total(decodeArchitecture(point.code, network, pool)),
    round: 0,
  }));
  const grown = spec.rounds === 0 ? { ...spec, rounds } : spec;
  return { ...beginSearch(id, grown, now), space, front, oldPool: poolChoiceOf(old.spec) };
}

/** How a search is to grow. */
export interface Extended {
  /** Begins with the operations that it has. */
  readonly choice: PoolChoice;
  /** How many rounds are to follow the one under way; 0 for as many as what waits calls for. */
  readonly rounds: number;
  /** ISO 8601. */
  readonly now: string;
}

/**
 * The search with a larger pool, in the middle of a round: that one goes on as it began, and the next is the first that may try what
 * is new. Per cell the new operations wait behind the others, in a random order that follows from the seed and from how often the
 * pool grew; there are at least as many rounds as before.
 * Raises INVALID_ARGUMENT for a pool that the network cannot have.
 */
export function extendSearch(state: SearchState, { choice, rounds, now }: Extended): SearchState {
  const { spec, round, extensions = [] } = state;
  const random = randomFrom(spec.seed, 'space', 'extended', extensions.length + 1);
  const sizes = {
    oldPoolSize: poolOf(spec).operations.length,
    poolSize: poolOf(choice).operations.length,
  };
  const space = extendSpace(state.space, sizes, random);
  const following = rounds > 0 ? rounds : roundsToTry(space.pending, spec.subsetSize);
  const before = { ...poolChoiceOf(spec), rounds: spec.rounds };
  return {
    ...state,
    spec: withPool(spec, choice, { rounds: Math.max(spec.rounds, round + following) }),
    space,
    extensions: [...extensions, { round, before, at: now }],
    updatedAt: now,
  };
}

function checkOver(old: GrowableSearch): void {
  const refuse = (description: string) =>
    new NseError('FAILED_PRECONDITION', `search "${old.id}" ${description}`, { field });
  if (old.phase === 'DELETING') throw refuse('is being deleted');
  // While the best are measured and the found architecture is retrained space and front stay as they are.
  if (!isOver(old) && old.stage !== 'measure' && old.stage !== 'retrain')
    throw refuse('still has rounds to go: wait for it or cancel it');
  if (old.front.length === 0) throw refuse('has no front: it ended before its first round was complete');
}

/** All that keeps a search with this spec from going on where `old` ended. */
function misfits({ id, spec: old }: GrowableSearch, spec: SearchSpec): Violation[] {
  const differing = (what: string, ours: unknown, theirs: unknown): Violation[] =>
    isDeepStrictEqual(ours, theirs)
      ? []
      : [{ field, description: `${what} is ${shown(ours)}; that of search "${id}" is ${shown(theirs)}` }];
  const fields = Object.keys(old.network) as (keyof SearchSpec['network'])[];
  return [
    ...differing('method', spec.method, old.method),
    ...fields.flatMap((key) => differing(`network.${key}`, spec.network[key], old.network[key])),
    ...poolMisfits(poolOf(spec), poolOf(old)),
    ...differing('the unit of constraint', unitOf(spec.constraint), unitOf(old.constraint)),
  ];
}

/** The new pool begins with the old one: codes and spaces name operations by their index. */
function poolMisfits(pool: Pool, old: Pool): Violation[] {
  const index = old.operations.findIndex(
    (operation, place) => !isDeepStrictEqual(operation, pool.operations[place]),
  );
  const [theirs, ours] = [old.operations[index], pool.operations[index]];
  if (theirs === undefined) return [];
  const got = ours === undefined ? 'no operation' : operationName(ours);
  const description = `pool ${pool.name} has ${got} at index ${index}, where pool ${old.name} has ${operationName(theirs)}`;
  return [{ field, description }];
}

const shown = (value: unknown) => JSON.stringify(value);
