import { type BranchPair, type Cost, onChance } from '@nse/space';

/** The two sets' probabilities, normalised to sum to 1, and what a change of each logit does to them. */
export interface PairChances {
  readonly pA: number;
  readonly pB: number;
  /** d pA / d logit by pool index, which is also -(d pB / d logit). Operations on in both or neither set are absent. */
  readonly slopes: ReadonlyMap<number, number>;
}

/** d log(p / (1 - p)) / d logit; 1 for a plain sigmoid, less near the squeezed ends. */
function logOddsSlope(logit: number): number {
  const sigmoid = 1 / (1 + Math.exp(-logit));
  const p = onChance(logit);
  const squeeze = onChance(Infinity) - onChance(-Infinity);
  return (squeeze * sigmoid * (1 - sigmoid)) / (p * (1 - p));
}

/**
 * Normalised probabilities of a pair (nse-algorithm.md, "Fitness").
 *
 * With raw A and raw B the products of p over a set's operations and 1 - p over the others, pA = rawA / (rawA + rawB).
 * An operation that is on in both sets, or in neither, cancels out of that ratio: only the log odds of those on in
 * one of them count, and only those have a slope.
 *
 * @param logitOf the logit of a pool index of this cell
 */
export function pairChances({ a, b }: BranchPair, logitOf: (operation: number) => number): PairChances {
  const onlyA = a.filter((operation) => !b.includes(operation));
  const onlyB = b.filter((operation) => !a.includes(operation));
  const logOdds = (operation: number): number => {
    const p = onChance(logitOf(operation));
    return Math.log(p) - Math.log1p(-p);
  };
  const sum = (operations: readonly number[]): number =>
    operations.reduce((total, op) => total + logOdds(op), 0);
  const pA = 1 / (1 + Math.exp(sum(onlyB) - sum(onlyA)));
  const pB = 1 / (1 + Math.exp(sum(onlyA) - sum(onlyB)));
  const slopes = new Map<number, number>();
  for (const operation of onlyA) slopes.set(operation, pA * pB * logOddsSlope(logitOf(operation)));
  for (const operation of onlyB) slopes.set(operation, -pA * pB * logOddsSlope(logitOf(operation)));
  return { pA, pB, slopes };
}

/** Strength, exponent and target of the cost term. Costs in the unit of `Cost`; see `regulariser` for alpha's unit. */
export interface RegulariserSettings {
  readonly alpha: number;
  readonly beta: number;
  readonly target: number;
  /** Cost units in one unit of the regulariser: 1e6 for MACs (alpha is per squared million), 1 for milliseconds. */
  readonly scale: number;
}

/** alpha * ((expected - target) / scale) ^ beta, and its slope by the expected cost (in cost units). beta is whole. */
export function regulariser(
  expected: number,
  { alpha, beta, target, scale }: RegulariserSettings,
): { value: number; slope: number } {
  const distance = (expected - target) / scale;
  return { value: alpha * distance ** beta, slope: (alpha * beta * distance ** (beta - 1)) / scale };
}

/**
 * As `regulariser` where the expected cost is above the target; nothing where it is not: what is limited from above need not be
 * used up.
 */
export function excess(expected: number, settings: RegulariserSettings): { value: number; slope: number } {
  return expected > settings.target ? regulariser(expected, settings) : { value: 0, slope: 0 };
}

/** The part of a cost model that a fitness step needs. */
export type SetCost = Pick<Cost, 'fixed' | 'of'>;

/** Expected cost of the network over the pairs: fixed parts, and per cell pA*cost(A) + pB*cost(B). */
export function expectedCost(
  cost: SetCost,
  pairs: readonly BranchPair[],
  chances: readonly PairChances[],
): number {
  return pairs.reduce((total, pair, cell) => {
    const { pA, pB } = chances[cell] ?? { pA: 1, pB: 0 };
    const inA = cost.of(cell, pair.a);
    return total + (pair.choice ? pA * inA + pB * cost.of(cell, pair.b) : inA);
  }, cost.fixed);
}

/** Per cell, what the set A adds to a penalty more than the set B, where the penalty has this slope by the expected cost. */
export function costGaps(cost: SetCost, pairs: readonly BranchPair[], slope: number): number[] {
  return pairs.map((pair, cell) =>
    pair.choice ? slope * (cost.of(cell, pair.a) - cost.of(cell, pair.b)) : 0,
  );
}

/**
 * Gradient of the fitness loss on every drawn logit, by cell and pool index.
 *
 * @param lossGap per cell, d cross-entropy / d pA - d cross-entropy / d pB: the sum of dOut * (outA - outB)
 * @param costSlope d regulariser / d expected cost
 */
export function logitGradients(
  cost: SetCost,
  pairs: readonly BranchPair[],
  chances: readonly PairChances[],
  lossGap: readonly number[],
  costSlope: number,
): ReadonlyMap<number, number>[] {
  const ofCost = costGaps(cost, pairs, costSlope);
  return pairs.map((pair, cell) => {
    const gradients = new Map<number, number>();
    if (!pair.choice) return gradients;
    const gap = (lossGap[cell] ?? 0) + (ofCost[cell] ?? 0);
    for (const [operation, slope] of chances[cell]?.slopes ?? []) gradients.set(operation, gap * slope);
    return gradients;
  });
}
