import type { CostBand, CostLimit } from './band.js';
import { type Emptiable, type Method, pathChoices } from './choice.js';
import type { Cost } from './cost.js';
import { NseError } from './error.js';
import type { Sample } from './proposal.js';
import type { Random } from './random.js';
import { firstSpace } from './space.js';
import { sampleWithin } from './within.js';

export interface RandomArchitectureOptions {
  readonly cells: readonly Emptiable[];
  readonly poolSize: number;
  /**
   * K, as in the search, so that cells have as many branches as the search's own. Unused by single-branch
   * NSE.
   */
  readonly subsetSize: number;
  readonly method: Method;
  readonly cost: Cost;
  /** What it must keep to besides the band. */
  readonly limits?: readonly CostLimit[];
  readonly random: Random;
}

const MOST_SPACES = 50;

/**
 * An architecture within the band that no search has touched, to compare a search's result with: a random
 * subset of the whole pool in every cell, as in a first round, then a path on condition that it lies in the
 * band. Single-branch: one operation of the whole pool a cell. Throws `BudgetUnreachable` when 50 random
 * spaces hold none.
 */
export function randomArchitectureOfCost(band: CostBand, options: RandomArchitectureOptions): Sample {
  const { cells, poolSize, method, cost, limits = [], random } = options;
  const subsetSize = method === 'nse-single' ? poolSize : options.subsetSize;
  let failure: NseError | undefined;
  for (let space = 0; space < MOST_SPACES; space++) {
    const { subsets } = firstSpace(cells.length, poolSize, subsetSize, random);
    try {
      const choices = pathChoices(cells, subsets, method);
      const [sample] = sampleWithin(band, { choices, cost, limits, number: 1, random });
      if (sample !== undefined) return sample;
    } catch (error) {
      failure = NseError.from(error);
      // Another random space may reach the band; nothing else will get better.
      if (failure.reason !== 'BudgetUnreachable' || method === 'nse-single') throw failure;
    }
  }
  throw failure ?? new NseError('INTERNAL', 'no random space was drawn');
}
