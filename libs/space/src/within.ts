import type { Architecture } from './architecture.js';
import { budgetUnreachable, type CostBand, distanceToBand, inBand } from './band.js';
import type { Choice } from './choice.js';
import { encodeArchitecture } from './code.js';
import type { Cost } from './cost.js';
import { type Guide, guideTo } from './guide.js';
import type { Random } from './random.js';

/** An architecture with its code and cost. */
export interface Sample {
  readonly architecture: Architecture;
  readonly code: string;
  readonly cost: number;
}

export interface SampleOptions {
  readonly choices: readonly Choice[];
  readonly cost: Cost;
  /** How many distinct architectures to find. */
  readonly number: number;
  readonly random: Random;
  /** How many draws at most, those outside the band and those already found included. Default: 1,000 + 20 a sample. */
  readonly maxTries?: number;
}

const NEAREST_TRIES = 200;

/**
 * Distinct architectures within the band, each drawn by the choices on condition that it lies in the band (algorithm page, "One
 * round", 3). Returns fewer than asked for when the tries run out first, as in a small space that has no more.
 * Throws `BudgetUnreachable` (FAILED_PRECONDITION), naming the nearest cost found, when there is none at all.
 */
export function sampleWithin(band: CostBand, options: SampleOptions): Sample[] {
  const { choices, cost, number, random, maxTries = 1000 + 20 * number } = options;
  let nearest: number | undefined;
  const note = (sample: Sample) => {
    if (nearest === undefined || distanceToBand(band, sample.cost) < distanceToBand(band, nearest))
      nearest = sample.cost;
  };
  const proposals = propose(guideTo(band, choices, cost), cost, maxTries, random);
  const found = takeWithin(watched(proposals, note), band, number, new Set());
  if (found.length > 0 || number === 0) return found;
  throw budgetUnreachable(band, cost.unit, nearest ?? nearestCost(band, options));
}

/**
 * Takes proposals in the order drawn that lie in the band and were not taken before, until there are enough. `taken` gains their
 * codes, so that a second call can go on with the same proposals.
 */
export function takeWithin<T extends { readonly code: string; readonly cost: number }>(
  proposals: Iterable<T>,
  band: CostBand,
  number: number,
  taken: Set<string>,
): T[] {
  const found: T[] = [];
  if (number === 0) return found;
  for (const proposal of proposals) {
    if (!inBand(band, proposal.cost) || taken.has(proposal.code)) continue;
    taken.add(proposal.code);
    found.push(proposal);
    if (found.length >= number) break;
  }
  return found;
}

function* propose(guide: Guide, cost: Cost, maxTries: number, random: Random): Generator<Sample> {
  for (let tries = 0; tries < maxTries; tries++) {
    const architecture = guide.draw(random);
    if (architecture === undefined) return;
    yield { architecture, code: encodeArchitecture(architecture), cost: cost.total(architecture) };
  }
}

function* watched<T>(items: Iterable<T>, note: (item: T) => void): Generator<T> {
  for (const item of items) {
    note(item);
    yield item;
  }
}

/** The cost closest to the band among draws from ever wider bands around it; the widest takes in every architecture. */
function nearestCost(band: CostBand, { choices, cost, random }: SampleOptions): number {
  const everything = choices.reduce(
    (sum, { operations }, cell) => sum + Math.abs(cost.of(cell, operations)),
    cost.fixed,
  );
  const middle = (band.above + band.below) / 2;
  const reach = Math.abs(middle) + everything;
  for (let half = Math.max(band.below - band.above, reach / 1024); ; half *= 2) {
    const wider = { above: middle - half, below: middle + half, belowIncluded: true };
    const costs = Array.from(
      propose(guideTo(wider, choices, cost), cost, NEAREST_TRIES, random),
      (sample) => sample.cost,
    );
    if (costs.length > 0 || half > reach) {
      return costs.reduce((a, b) => (distanceToBand(band, b) < distanceToBand(band, a) ? b : a), Infinity);
    }
  }
}
