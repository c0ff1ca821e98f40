import type { FrontPoint, LatencyMeasurementCompleted } from '@nse/messaging';
import { type Cost, decodeArchitecture, macroNetwork, type Pool } from '@nse/space';
import { chooseOf, poolOf } from '@nse/spec';
import { chooseByCost, chooseMeasured, measuredAgain } from './choice.js';
import { isOfSameCost, randomOfSameCost } from './comparison.js';
import { chooseScaled } from './scaled-choice.js';
import { afterDevice, type Candidate, type SearchState } from './state.js';

/** The last round is done: choose from the front, or have its best measured first; and draw what to compare with. */
export function finishRounds(state: SearchState, cost: Cost, pool: Pool): SearchState {
  if (chooseOf(state.spec).scaleWidth) return finishScaled(state, pool);
  const byCost = chooseByCost(state);
  const random = comparedWith(state, byCost, cost, pool);
  if (measuredAgain(state.spec.constraint) > 0) return { ...state, stage: 'measure', random };
  return chosenOne(state, { chosen: byCost, random });
}

/** Both are retrained in the scaled network, and cost the same there. */
function finishScaled(state: SearchState, pool: Pool): SearchState {
  const { spec } = state;
  const { chosen, scaled } = chooseScaled(state);
  const { scale, network, macs: cost } = scaled;
  const macs = cost.total(decodeArchitecture(chosen.code, network, pool));
  const random = spec.retrain.compareRandom ? randomOfSameCost(spec, pool, { network, cost }, macs) : null;
  return { ...chosenOne(state, { chosen, random }), scaled: { scale, macs } };
}

/**
 * The device has measured the front's best: choose by that. The random architecture was drawn before, to be measured too; it is
 * drawn anew where the choice fell on one of another cost.
 * Raises INTERNAL where nothing of the front was measured.
 */
export function completeMeasurement(
  state: SearchState,
  found: Pick<LatencyMeasurementCompleted, 'latencies' | 'pace' | 'note'>,
  cost: Cost,
  now: string,
): SearchState {
  const { chosen, measured } = chooseMeasured(state, found);
  const fits = state.random === null || isOfSameCost(state.random, chosen.cost);
  const random = fits ? state.random : comparedWith(state, chosen, cost, poolOf(state.spec));
  const deviceSeconds = afterDevice(state, now);
  return { ...chosenOne(state, { chosen, random }), measured, deviceSeconds, updatedAt: now };
}

// An unused pending list has no further meaning: the last subsets stay as they were.
function chosenOne(state: SearchState, choice: Pick<SearchState, 'chosen' | 'random'>): SearchState {
  return {
    ...state,
    ...choice,
    phase: state.phase === 'RUNNING' ? 'RETRAINING' : state.phase,
    stage: 'retrain',
  };
}

function comparedWith({ spec }: SearchState, chosen: FrontPoint, cost: Cost, pool: Pool): Candidate | null {
  if (!spec.retrain.compareRandom) return null;
  return randomOfSameCost(spec, pool, { network: macroNetwork(spec.network), cost }, chosen.cost);
}
