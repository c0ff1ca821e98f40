import { NseError, poolNamed } from '@nse/space';
import { invalidStudy } from './parse.js';
import type { SpecFields } from './schema.js';

/** The pool that a spec has where it names none. */
const DEFAULT_POOL = 'mac27';

/**
 * The places of the base's pool, of which each run's pool is a part. Raises INVALID_ARGUMENT where a size is larger than it, and for
 * operations that the named pool does not have.
 */
export function poolPlaces(base: SpecFields, sizes: readonly number[]): readonly number[] {
  const { pool = DEFAULT_POOL, onlyOperations, addOperations } = base;
  if (addOperations !== undefined) {
    const description = 'a study draws its pools from a named pool: leave addOperations out';
    throw invalidStudy([{ field: 'base.addOperations', description }]);
  }
  if (typeof pool !== 'string')
    throw invalidStudy([{ field: 'base.pool', description: 'is no name of a pool' }]);
  const all = namedPlaces(pool);
  const places = onlyOperations === undefined ? all : chosen(onlyOperations, all);
  const tooLarge = sizes.filter((size) => size > places.length);
  if (tooLarge.length === 0) return places;
  throw invalidStudy(
    tooLarge.map((size) => ({
      field: 'axes.poolSizes',
      description: `got ${size}; the pool has ${places.length} operations`,
    })),
  );
}

function namedPlaces(pool: string): readonly number[] {
  try {
    return poolNamed(pool).operations.map((_, place) => place);
  } catch (error) {
    throw invalidStudy([{ field: 'base.pool', description: NseError.from(error).message }]);
  }
}

function chosen(value: SpecFields[string], all: readonly number[]): readonly number[] {
  const places = Array.isArray(value) ? value.filter((place) => typeof place === 'number') : [];
  if (
    Array.isArray(value) &&
    value.length === places.length &&
    places.every((place) => all.includes(place))
  ) {
    return places;
  }
  throw invalidStudy([{ field: 'base.onlyOperations', description: 'is no list of places in the pool' }]);
}
