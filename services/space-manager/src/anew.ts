import { firstSpace, macroNetwork, randomFrom, type SpaceState } from '@nse/space';
import { poolOf, type SearchSpec } from '@nse/spec';
import type { SearchState } from './state.js';

/** Whether rounds inherit from each other, as they do unless the spec leaves it out to see what it is good for. */
export const inherits = ({ ablation }: Pick<SearchSpec, 'ablation'>): boolean => ablation === undefined;

/** The next round's space where nothing is inherited: drawn from the whole pool as that of a first round. Undefined elsewhere. */
export function spaceAnew({ spec, round }: SearchState): SpaceState | undefined {
  if (inherits(spec)) return undefined;
  const cells = macroNetwork(spec.network).cells.length;
  const random = randomFrom(spec.seed, 'space', round + 1);
  return firstSpace(cells, poolOf(spec).operations.length, spec.subsetSize, random);
}
