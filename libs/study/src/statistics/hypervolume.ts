import { paretoFront, type Point } from '@nse/space';
import type { Budget } from '@nse/spec';

/**
 * The area that points dominate (cost down, accuracy up) up to a reference point (Zitzler and Thiele, 1998). Points that are no
 * better than the reference in both do not count.
 */
export function hypervolume(points: readonly Point[], reference: Point): number {
  const better = points.filter(
    ({ cost, accuracy }) => cost < reference.cost && accuracy > reference.accuracy,
  );
  const front = paretoFront(better)
    .flatMap((index) => better[index] ?? [])
    .sort((a, b) => a.cost - b.cost);
  return front.reduce((area, { cost, accuracy }, index) => {
    const end = front[index + 1]?.cost ?? reference.cost;
    return area + (end - cost) * (accuracy - reference.accuracy);
  }, 0);
}

/**
 * The hypervolume of a front as a share of what could be had: the reference is the dear edge of the budget's band at the accuracy of
 * chance, and an architecture of full accuracy at the cheap edge would have it all. Cheaper points count as at that edge.
 */
export function frontVolume(
  front: readonly Point[],
  { target, drift }: Pick<Budget, 'target' | 'drift'>,
  chance: number,
): number {
  const within = front.map(({ cost, accuracy }) => ({ cost: Math.max(cost, target - drift), accuracy }));
  return hypervolume(within, { cost: target + drift, accuracy: chance }) / (2 * drift * (1 - chance));
}
