import { NseError } from '@nse/space';

import type { Candidate, ScoreCodes } from './candidates.js';
import { type EvolutionInput, type EvolutionState, firstGeneration, nextGeneration } from './evolution.js';

export interface EvolutionHooks {
  /** The state last given to `checkpoint`, if the search was begun before. */
  readonly resume?: EvolutionState;
  /** Called before each generation is scored, with what it takes to go on from there. */
  checkpoint(state: EvolutionState): Promise<void>;
  /** Generations scored, of how many, and the best accuracy so far. */
  progress(progress: { readonly step: number; readonly steps: number; readonly accuracy?: number }): void;
  readonly signal: AbortSignal;
}

/**
 * Evolution under a budget, generation by generation. The result is a function of the input and the scores alone, also for a
 * search that goes on from a state. Throws `BudgetUnreachable` where the band holds nothing, ABORTED between generations.
 *
 * @returns everything scored, the best first
 */
export async function evolve(
  input: EvolutionInput,
  score: ScoreCodes,
  hooks: EvolutionHooks,
): Promise<readonly Candidate[]> {
  const steps = input.settings.generations;
  let state = hooks.resume ?? firstGeneration(input);
  while (state.asked.length > 0) {
    const { signal } = hooks;
    if (signal.aborted) throw new NseError('ABORTED', 'stopped by its caller', { cause: signal.reason });
    await hooks.checkpoint(state);
    state = nextGeneration(input, state, await score(state.asked));
    const [best] = state.scored;
    hooks.progress({ step: state.generation - 1, steps, ...(best && { accuracy: best.accuracy }) });
  }
  return state.scored;
}
