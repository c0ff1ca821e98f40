import type { FrontPoint } from '@nse/messaging';
import { decodeArchitecture, macroNetwork, type ScaledNetwork, WidthScales } from '@nse/space';
import { budgetOf, chooseOf, poolOf } from '@nse/spec';
import { chooseByCost, ranked } from './choice.js';
import type { SearchState } from './state.js';

/** What is retrained, and in which network. */
export interface ScaledChoice {
  readonly chosen: FrontPoint;
  readonly scaled: ScaledNetwork;
}

/**
 * The choice of a search that scales widths, and the widest network in which what is chosen costs at most what the spec says.
 * Every architecture of the front is eligible that some width brings down to that, also one above target + drift. Where none comes
 * down to it, one is chosen within target + drift as ever, at its narrowest, though it costs more.
 */
export function chooseScaled(state: Pick<SearchState, 'front' | 'spec'>): ScaledChoice {
  const { front, spec } = state;
  const { scaleTo = budgetOf(spec.constraint).target } = chooseOf(spec);
  const pool = poolOf(spec);
  const network = macroNetwork(spec.network);
  const scales = new WidthScales(spec.network, pool);
  const narrowest = scales.narrowest();
  const architectureOf = ({ code }: FrontPoint) => decodeArchitecture(code, network, pool);
  const eligible = front.filter((point) => narrowest.macs.total(architectureOf(point)) <= scaleTo);
  const chosen = ranked(eligible, spec)[0] ?? chooseByCost(state);
  return { chosen, scaled: scales.largestWithin(architectureOf(chosen), scaleTo) ?? narrowest };
}
