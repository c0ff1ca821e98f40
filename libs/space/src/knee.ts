import type { Point } from './front.js';

/** By what the final architecture is chosen from a front. */
export type FrontRule = 'accuracy' | 'knee';

/** Heights closer than this are equal: on a straight front rounding must not choose. */
const SAME_HEIGHT = 1e-9;

/**
 * How far each point lies above the chord, the straight line from the cheapest and least accurate corner of the front to its dearest
 * and most accurate one, once both axes are stretched to the length 1. The distance itself is this divided by the root of 2. At the
 * ends of a front it is 0; where it is negative more cost brings more and more. Where all cost the same, or are equally
 * accurate, that axis counts nothing.
 * Source: Das, "On characterizing the knee of the Pareto curve", Structural Optimization 18 (1999); Satopaa et al., "Finding a
 * Kneedle in a haystack" (2011).
 */
export function kneeHeights(front: readonly Point[]): number[] {
  const height = stretched(front.map(({ accuracy }) => accuracy));
  const along = stretched(front.map(({ cost }) => cost));
  return front.map((_, index) => height(index) - along(index));
}

/**
 * The indices of the points, the one to choose first. `accuracy`: by falling accuracy. `knee`: by falling height above the chord.
 * Of equals the more accurate comes first, then the cheaper, then the earlier: so of one or two points, and on a front without
 * any bulge, the knee is the most accurate.
 */
export function rankFront(front: readonly Point[], by: FrontRule): number[] {
  const heights = by === 'knee' ? kneeHeights(front).map((height) => Math.round(height / SAME_HEIGHT)) : [];
  const ranked = front.map((point, index) => ({ ...point, index, height: heights[index] ?? 0 }));
  ranked.sort(
    (a, b) => b.height - a.height || b.accuracy - a.accuracy || a.cost - b.cost || a.index - b.index,
  );
  return ranked.map(({ index }) => index);
}

/** Each value as its part of the way from the least to the greatest; 0 where they are the same. */
function stretched(values: readonly number[]): (index: number) => number {
  const least = Math.min(...values);
  const range = Math.max(...values) - least;
  return (index) => (range > 0 ? ((values[index] ?? least) - least) / range : 0);
}
