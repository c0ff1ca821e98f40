import type { SupernetTrained } from '@nse/messaging';
import { type Architecture, type CostLimit, decodeArchitecture, NseError, targetBand } from '@nse/space';
import { budgetOf, macsLimits, type SearchSpec } from '@nse/spec';
import {
  firstGeneration,
  likeliestWithin,
  nextGeneration,
  optionsOf,
  type SearchSpace,
  shrinkSamples,
  softmax,
  uniformArchitectures,
} from '@nse/strategies';
import { type Candidate, candidateOf, drawCandidates, type DrawInput } from './draw.js';
import { type Evolution, evolutionOf } from './evolution.js';
import type { Scored, ScoringWorkers } from './scoring.js';

/** What is known of a round when its architectures are to be found. */
export type RoundInput = DrawInput & Pick<SupernetTrained, 'alphas'>;

/** The workers that score the round's architectures, `total` or fewer, a batch at a time or all at once. */
export type WorkersFor = (total: number, batch?: number) => Promise<ScoringWorkers>;

/**
 * Finds the architectures of a round as the search's method does, and has them scored. NSE draws them by its fitness; DARTS and
 * ProxylessNAS take the likeliest one within the budget; One-Shot, random search and shrinking draw them uniformly; SPOS, and
 * shrinking in its last round, breed them generation by generation. A function of the input and the scores alone.
 * Raises `BudgetUnreachable` (FAILED_PRECONDITION) where the subsets hold nothing in the band.
 */
export async function roundScores(input: RoundInput, workersFor: WorkersFor): Promise<Scored<Candidate>[]> {
  const evolution = evolutionOf(input.spec, input.round);
  if (evolution !== undefined) return await bredScores(input, evolution, workersFor);
  const candidates = candidatesOf(input);
  return await (await workersFor(candidates.length)).scoreAll(candidates);
}

function candidatesOf(input: RoundInput): Candidate[] {
  const { spec, round } = input;
  const sampled = (architectures: readonly Architecture[]) =>
    architectures.map((architecture) => candidateOf(input, architecture, 'sampled'));
  switch (spec.method) {
    case 'nse':
    case 'nse-single':
      return drawCandidates(input);
    case 'darts':
    case 'proxylessnas':
      return sampled([likeliestOf(input)]);
    case 'one-shot':
    case 'random': {
      const drawn = uniformArchitectures(spaceOf(input), spec.evaluate.architectures, 'search');
      return sampled(drawn.map(({ architecture }) => architecture));
    }
    case 'spos':
    case 'shrink':
      return sampled(shrinkSamples(spaceOf(input), samplesOf(spec), round - 1));
  }
}

/**
 * Every architecture of the evolution with its score, generation by generation, by workers that stay for all of them. One that is
 * begun again asks for the same ones, and those that were scored are not scored again.
 */
async function bredScores(
  input: RoundInput,
  settings: Evolution,
  workersFor: WorkersFor,
): Promise<Scored<Candidate>[]> {
  const { network, pool } = input;
  const { population, generations } = settings;
  const evolution = { ...spaceOf(input), settings };
  const scores: Scored<Candidate>[] = [];
  let state = firstGeneration(evolution);
  const workers = await workersFor(population * generations, population);
  while (state.asked.length > 0) {
    const { generation, asked } = state;
    const candidates = asked.map((code) =>
      candidateOf(input, decodeArchitecture(code, network, pool), 'sampled'),
    );
    const found = await workers.score(candidates, generation === generations);
    scores.push(...found);
    state = nextGeneration(
      evolution,
      state,
      found.map(({ accuracy }) => accuracy),
    );
  }
  await workers.end();
  return scores;
}

/** The likeliest architecture within the budget. Raises INTERNAL where the supernet came without alphas. */
function likeliestOf(input: RoundInput): Architecture {
  const { spec, network, cost, subsets, alphas } = input;
  if (alphas === undefined) {
    throw new NseError('INTERNAL', `the supernet of a search by ${spec.method} came without its alphas`);
  }
  const { band, limits } = spaceOf(input);
  return likeliestWithin(band, cost, optionsOf(network.cells, subsets), alphas.map(softmax), limits);
}

function spaceOf(input: RoundInput): SearchSpace & { readonly limits: CostLimit[] } {
  const { spec, network, pool, cost, subsets } = input;
  const { target, drift } = budgetOf(spec.constraint);
  return {
    network,
    pool,
    subsets,
    cost,
    band: targetBand(target, drift),
    limits: macsLimits(spec, network, pool),
    seed: spec.seed,
  };
}

function samplesOf({ shrink }: SearchSpec): number {
  if (shrink === undefined) throw new NseError('INTERNAL', 'a search by shrink has no settings of it');
  return shrink.samples;
}
