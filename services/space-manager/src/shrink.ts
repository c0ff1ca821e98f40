import { decodeArchitecture, macroNetwork, type SpaceState } from '@nse/space';
import { poolOf } from '@nse/spec';
import { shrinkSpace } from '@nse/strategies';
import type { Score } from './round.js';
import type { SearchState } from './state.js';

/**
 * The space after a round of shrinking: every cell without its weakest operations, by the scores of the architectures that hold
 * them. Nothing waits to be tried. Undefined where the round does not shrink the space: by other methods, and in the last round,
 * which searches what is left.
 */
export function shrunkSpace(
  { spec, round, space }: SearchState,
  scores: readonly Score[],
): SpaceState | undefined {
  if (spec.shrink === undefined || round >= spec.rounds) return undefined;
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  const left = shrinkSpace(
    space.subsets,
    scores.map(({ code }) => decodeArchitecture(code, network, pool)),
    scores.map(({ accuracy }) => accuracy),
    spec.shrink,
  );
  return { subsets: left, pending: space.pending, optimized: left };
}
