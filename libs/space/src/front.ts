import { NseError } from './error.js';

/** A scored architecture. Accuracies of one front are in one unit, whichever. */
export interface Point {
  readonly cost: number;
  readonly accuracy: number;
}

/** A merged front, as indices into samples, then extras, then the old front. */
export interface MergedFront {
  /** Every point that no other dominates. */
  readonly withExtras: readonly number[];
  /** The same without extras: what the next round inherits. */
  readonly inherited: readonly number[];
}

/**
 * The Pareto front (cost down, accuracy up): indices, ascending, of the points that no other dominates. A
 * point falls to one of at most its cost and at least its accuracy; of equal points the first stays. Points
 * without a finite cost and accuracy never enter.
 */
export function paretoFront(points: readonly Point[]): number[] {
  return nonDominated(points, points.length);
}

/**
 * The front over the new samples, the extras from below the band and the old front. Extras keep the cheap
 * edge honest and are then dropped. An old architecture counts as a shade less accurate than a new one of the
 * same accuracy: it loses an exact tie, and does not shut out a dearer new one that is just as accurate
 * (golden README, difference 1).
 */
export function mergeFronts(
  samples: readonly Point[],
  extras: readonly Point[],
  oldFront: readonly Point[],
): MergedFront {
  const fresh = samples.length + extras.length;
  const withExtras = nonDominated([...samples, ...extras, ...oldFront], fresh);
  return { withExtras, inherited: withExtras.filter((index) => index < samples.length || index >= fresh) };
}

/**
 * The index of the most accurate point that costs at most `limit`; of equally accurate ones the cheapest,
 * then the first.
 * Throws FAILED_PRECONDITION, naming the cheapest, when all cost more.
 */
export function chooseFromFront(front: readonly Point[], limit: number): number {
  let chosen = -1;
  front.forEach((point, index) => {
    if (point.cost > limit) return;
    const best = front[chosen];
    const better =
      best === undefined ||
      point.accuracy > best.accuracy ||
      (point.accuracy === best.accuracy && point.cost < best.cost);
    if (better) chosen = index;
  });
  if (chosen >= 0) return chosen;
  const cheapest = Math.min(...front.map(({ cost }) => cost));
  const found = front.length === 0 ? 'the front is empty' : `the cheapest costs ${cheapest}`;
  throw new NseError('FAILED_PRECONDITION', `nothing on the front costs at most ${limit}: ${found}`);
}

/** Points from index `fresh` on are old: at equal accuracy they rank below the others. */
function nonDominated(points: readonly Point[], fresh: number): number[] {
  const costs = Float64Array.from(points, ({ cost }) => cost);
  const accuracies = Float64Array.from(points, ({ accuracy }) => accuracy);
  const cost = (index: number) => costs[index] ?? NaN;
  const accuracy = (index: number) => accuracies[index] ?? NaN;
  const rank = (a: number, b: number) => accuracy(b) - accuracy(a) || Number(a >= fresh) - Number(b >= fresh);
  const order = points.map((_, index) => index);
  const entering = order.filter((index) => Number.isFinite(cost(index)) && Number.isFinite(accuracy(index)));
  entering.sort((a, b) => cost(a) - cost(b) || rank(a, b) || a - b);
  const kept: number[] = [];
  let best: number | undefined;
  for (const index of entering) {
    // Everything before it costs no more, so it stays only as the most accurate so far.
    if (best !== undefined && rank(index, best) >= 0) continue;
    best = index;
    kept.push(index);
  }
  return kept.sort((a, b) => a - b);
}
