import { NseError } from '@nse/space';

import {
  type Candidate,
  ranked,
  type ScoreCodes,
  type SearchSpace,
  uniformArchitectures,
} from './candidates.js';

/**
 * Random search within the budget, as One-Shot ends (Bender et al., ICML 2018), and random search with weight sharing (Li and
 * Talwalkar, UAI 2019): so many architectures, uniformly drawn, scored by the shared weights; the best first. What is drawn
 * follows from the seed, so a search that was cut off asks for the same codes again. Throws `BudgetUnreachable`, INTERNAL where scores are missing.
 */
export async function randomSearch(
  space: SearchSpace,
  number: number,
  score: ScoreCodes,
): Promise<Candidate[]> {
  const drawn = uniformArchitectures(space, number, 'search');
  const accuracies = await score(drawn.map(({ code }) => code));
  return ranked(
    drawn.map(({ code, cost }, index) => ({ code, cost, accuracy: accuracyAt(accuracies, index, code) })),
  );
}

/** Throws INTERNAL where there is none. */
export function accuracyAt(accuracies: readonly number[], index: number, code: string): number {
  const accuracy = accuracies[index];
  if (accuracy !== undefined) return accuracy;
  throw new NseError('INTERNAL', `no score came back for ${code}`);
}
