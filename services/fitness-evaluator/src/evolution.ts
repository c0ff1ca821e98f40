import type { SearchSpec } from '@nse/spec';

export type Evolution = NonNullable<SearchSpec['evolution']>;

/** The evolution that finds the round's architectures; undefined where they come about in another way. */
export function evolutionOf(spec: SearchSpec, round: number): Evolution | undefined {
  // Shrinking looks for good architectures only once nothing is dropped any more.
  return spec.method === 'shrink' && round < spec.rounds ? undefined : spec.evolution;
}
