import { budgetUnreachable, type CostBand, type CostLimit, distanceToBand, inBand, keepsTo } from './band.js';
import type { Choice } from './choice.js';
import type { Cost } from './cost.js';
import { guideTo } from './guide.js';
import { nearestCost } from './nearest.js';
import { propose, type Sample } from './proposal.js';
import type { Random } from './random.js';

export interface SampleOptions {
  readonly choices: readonly Choice[];
  readonly cost: Cost;
  /**
   * What the architectures must keep to besides the band. The draws aim at the band alone, and those that break a limit are
   * refused: the tighter the limits, the more tries it takes.
   */
  readonly limits?: readonly CostLimit[];
  /** How many distinct architectures to find. */
  readonly number: number;
  readonly random: Random;
  /**
   * How many draws at most, those outside the band and those already found included. Default: 1,000 + 20 a
   * sample.
   */
  readonly maxTries?: number;
}

/**
 * Distinct architectures within the band, each drawn by the choices on condition that it lies in the band
 * and keeps to the limits (algorithm page, "One round", 3). Returns fewer than asked for when the tries run out first, as in a small
 * space that has no more.
 * Throws `BudgetUnreachable` (FAILED_PRECONDITION), naming the nearest cost found, when there is none at all.
 */
export function sampleWithin(band: CostBand, options: SampleOptions): Sample[] {
  const { choices, cost, limits = [], number, random, maxTries = 1000 + 20 * number } = options;
  let nearest: number | undefined;
  let refused = 0;
  const keeps = ({ architecture }: Sample) => {
    const kept = keepsTo(limits, architecture);
    if (!kept) refused++;
    return kept;
  };
  const note = (sample: Sample) => {
    if (nearest === undefined || distanceToBand(band, sample.cost) < distanceToBand(band, nearest))
      nearest = sample.cost;
  };
  const proposals = propose(guideTo(band, choices, cost), cost, maxTries, random);
  const found = takeWithin(watched(proposals, note), band, number, new Set(), keeps);
  if (found.length > 0 || number === 0) return found;
  nearest ??= nearestCost(band, choices, cost, random);
  throw budgetUnreachable(band, cost.unit, nearest, limits, refused);
}

/**
 * Takes proposals in the order drawn that lie in the band, pass the further test and were not taken before, until there are enough.
 * `taken` gains their codes, so that a second call can go on with the same proposals.
 */
export function takeWithin<T extends { readonly code: string; readonly cost: number }>(
  proposals: Iterable<T>,
  band: CostBand,
  number: number,
  taken: Set<string>,
  passes: (proposal: T) => boolean = () => true,
): T[] {
  const found: T[] = [];
  if (number === 0) return found;
  for (const proposal of proposals) {
    if (!inBand(band, proposal.cost) || taken.has(proposal.code) || !passes(proposal)) continue;
    taken.add(proposal.code);
    found.push(proposal);
    if (found.length >= number) break;
  }
  return found;
}

function* watched<T>(items: Iterable<T>, note: (item: T) => void): Generator<T> {
  for (const item of items) {
    note(item);
    yield item;
  }
}
