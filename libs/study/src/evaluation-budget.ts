import type { SearchSpec } from '@nse/spec';
import type { SpecFields } from './schema.js';

/** Fewer in a generation leave nothing to breed from. */
const LEAST_POPULATION = 4;

/**
 * What of a spec makes its run score so many architectures in all, or nearly: by rounds where each round scores as many; by the sizes of
 * generations in an evolution, whose parents and children keep their shares; shrinking spends half of them on what it drops by.
 * Methods that score only the one that they have learned stay as they are.
 */
export function evaluationFields(spec: SearchSpec, architectures: number): SpecFields {
  const { evolution, shrink, rounds } = spec;
  if (evolution === undefined) {
    return { evaluate: { architectures: Math.max(1, Math.round(architectures / rounds)) } };
  }
  if (shrink === undefined || rounds === 1) return { evolution: generations(evolution, architectures) };
  const half = architectures / 2;
  return {
    shrink: { samples: Math.max(1, Math.round(half / (rounds - 1))) },
    evolution: generations(evolution, half),
  };
}

type Evolution = NonNullable<SearchSpec['evolution']>;

function generations(evolution: Evolution, architectures: number): SpecFields {
  const { population, parents, crossovers, mutations } = evolution;
  const each = Math.max(LEAST_POPULATION, Math.round(architectures / evolution.generations));
  const share = (number: number) => Math.max(1, Math.round((number * each) / population));
  return {
    population: each,
    generations: Math.max(1, Math.min(evolution.generations, Math.round(architectures / each))),
    parents: share(parents),
    crossovers: share(crossovers),
    mutations: share(mutations),
  };
}
