import { type Architecture, decodeArchitecture, encodeArchitecture, randomFrom } from '@nse/space';

import { crossed, mutated } from './breed.js';
import { type Candidate, isWithin, ranked, type SearchSpace, uniformArchitectures } from './candidates.js';
import { optionsOf } from './options.js';
import { accuracyAt } from './random-search.js';
import type { EvolutionSettings } from './settings.js';

/** Where an evolution stands between two generations: plain JSON. */
export interface EvolutionState {
  /** Counted from 1. */
  readonly generation: number;
  /** Codes of the generation, to be scored; empty at the end. */
  readonly asked: readonly string[];
  /** Everything scored before, the best first. */
  readonly scored: readonly Candidate[];
}

export interface EvolutionInput extends SearchSpace {
  readonly settings: EvolutionSettings;
}

/** Draws for one child, for each child wanted: those outside the band and known ones included (the authors' number). */
const TRIES_A_CHILD = 10;

/** The first generation, uniform within the band. Throws `BudgetUnreachable` where the band holds nothing. */
export function firstGeneration(input: EvolutionInput): EvolutionState {
  const drawn = uniformArchitectures(input, input.settings.population, 'evolution', 1);
  return { generation: 1, asked: drawn.map(({ code }) => code), scored: [] };
}

/**
 * What follows, given the accuracies of `state.asked`: crossovers, then mutations of the best so far, then uniform draws up to
 * the population. Every architecture lies within the band, keeps to the limits and comes once. A function of its arguments alone. `asked` is empty
 * after the last generation, and where the band holds nothing new. Throws INTERNAL where accuracies are missing.
 */
export function nextGeneration(
  input: EvolutionInput,
  state: EvolutionState,
  accuracies: readonly number[],
): EvolutionState {
  const { network, pool, cost, settings } = input;
  const fresh = state.asked.map((code, index) => ({
    code,
    cost: cost.total(decodeArchitecture(code, network, pool)),
    accuracy: accuracyAt(accuracies, index, code),
  }));
  const scored = ranked([...state.scored, ...fresh]);
  const generation = state.generation + 1;
  const over = generation > settings.generations;
  return { generation, asked: over ? [] : breed(input, scored, generation), scored };
}

function breed(input: EvolutionInput, scored: readonly Candidate[], generation: number): string[] {
  const { network, pool, subsets, settings, seed } = input;
  const parents = scored
    .slice(0, settings.parents)
    .map(({ code }) => decodeArchitecture(code, network, pool));
  const options = optionsOf(network.cells, subsets);
  const litter = new Litter(input, new Set(scored.map(({ code }) => code)));
  const crossing = randomFrom(seed, 'evolution', generation, 'crossover');
  const parent = (random: typeof crossing): Architecture => parents[random.below(parents.length)] ?? [];
  litter.grow(settings.crossovers, () => crossed(parent(crossing), parent(crossing), crossing));
  const mutating = randomFrom(seed, 'evolution', generation, 'mutation');
  litter.grow(settings.mutations, () =>
    mutated(parent(mutating), options, settings.mutationChance, mutating),
  );
  litter.fill(settings.population, scored.length, generation);
  return litter.codes.slice(0, settings.population);
}

/** The children of one generation: each within the band, none known before. */
class Litter {
  readonly codes: string[] = [];

  constructor(
    private readonly input: EvolutionInput,
    private readonly known: Set<string>,
  ) {}

  grow(number: number, child: () => Architecture): void {
    const end = this.codes.length + number;
    for (let tries = TRIES_A_CHILD * number; tries > 0 && this.codes.length < end; tries--) {
      const architecture = child();
      if (isWithin(this.input, architecture)) this.take(encodeArchitecture(architecture));
    }
  }

  /** Uniform draws for what is missing; as many more as could be known already. */
  fill(population: number, scored: number, generation: number): void {
    if (this.codes.length >= population) return;
    const number = population + scored;
    for (const { code } of uniformArchitectures(this.input, number, 'evolution', generation)) {
      if (this.codes.length >= population) return;
      this.take(code);
    }
  }

  private take(code: string): void {
    if (this.known.has(code)) return;
    this.known.add(code);
    this.codes.push(code);
  }
}
