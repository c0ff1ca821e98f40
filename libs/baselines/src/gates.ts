import type { Architecture, BranchPair, Cost, Random } from '@nse/space';
import { type CellOptions, softmax } from '@nse/strategies';

/** Two paths of a cell: the options that take part in one step of the architecture parameters. */
export interface GatePair {
  /** The option whose gate is 1: the network computes it. */
  readonly active: number;
  readonly other: number;
}

/** What a gate step is computed from, by cell. */
export interface DrawnGates {
  /** Absent in a cell with one option. */
  readonly gates: readonly (GatePair | undefined)[];
  /** The same as branch sets: A is the active one. */
  readonly pairs: readonly BranchPair[];
}

/** An option by these probabilities. */
export function drawOption(probabilities: readonly number[], random: Random): number {
  const total = probabilities.reduce((sum, p) => sum + p, 0);
  let rest = random.next() * total;
  // Rounding may leave a little of `rest` behind the last option that can be: then that one is drawn.
  const last = probabilities.findLastIndex((p) => p > 0);
  for (let option = 0; option < last; option++) {
    rest -= probabilities[option] ?? 0;
    if (rest < 0) return option;
  }
  return Math.max(0, last);
}

/** The path whose weights move: one option a cell, by the probabilities. */
export function drawPathBy(
  options: readonly CellOptions[],
  probabilities: readonly (readonly number[])[],
  random: Random,
): Architecture {
  return options.map((cell, index) => cell[drawOption(probabilities[index] ?? [], random)] ?? []);
}

/**
 * Two different options a cell by the probabilities, and of these two the active one by their own chances as if there were no
 * others (Cai et al., ICLR 2019, section 3.2.2).
 */
export function drawGates(
  options: readonly CellOptions[],
  probabilities: readonly (readonly number[])[],
  random: Random,
): DrawnGates {
  const gates = options.map((cell, index) =>
    cell.length > 1 ? drawPair(probabilities[index] ?? [], random) : undefined,
  );
  const pairs = options.map((cell, index): BranchPair => {
    const drawn = gates[index];
    const only = cell[0] ?? [];
    if (drawn === undefined) return { a: only, b: only, choice: false };
    return { a: cell[drawn.active] ?? [], b: cell[drawn.other] ?? [], choice: true };
  });
  return { gates, pairs };
}

function drawPair(probabilities: readonly number[], random: Random): GatePair {
  const first = drawOption(probabilities, random);
  const second = drawOption(
    probabilities.map((p, option) => (option === first ? 0 : p)),
    random,
  );
  const [p = 0, q = 0] = [probabilities[first], probabilities[second]];
  const active = random.next() * (p + q) < p ? first : second;
  return { active, other: active === first ? second : first };
}

/** The chances of a pair, normalised to sum to 1: active, other. */
export function pairShares(
  { active, other }: GatePair,
  alphas: readonly number[],
): readonly [number, number] {
  const [own = 0.5, others = 0.5] = softmax([alphas[active] ?? 0, alphas[other] ?? 0]);
  return [own, others];
}

/**
 * The gradient in the alphas, by cell and option. With gates g of a pair and shares q, d loss / d alpha_i is the sum over j of
 * d loss / d g_j * q_j * (delta_ij - q_i): q_a * q_b times the difference of the two gates' gradients, with opposite signs.
 *
 * @param gaps per cell, d cross-entropy / d g_active - d cross-entropy / d g_other
 * @param costSlope d loss / d expected cost
 */
export function gateGradients(
  cost: Pick<Cost, 'of'>,
  { gates, pairs }: DrawnGates,
  alphas: readonly (readonly number[])[],
  gaps: readonly number[],
  costSlope: number,
): number[][] {
  return alphas.map((row, cell) => {
    const pair = gates[cell];
    const sets = pairs[cell];
    const gradient = row.map(() => 0);
    if (pair === undefined || sets === undefined) return gradient;
    const [own, other] = pairShares(pair, row);
    const gap = (gaps[cell] ?? 0) + costSlope * (cost.of(cell, sets.a) - cost.of(cell, sets.b));
    gradient[pair.active] = own * other * gap;
    gradient[pair.other] = -own * other * gap;
    return gradient;
  });
}
