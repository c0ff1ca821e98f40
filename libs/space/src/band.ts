import type { Architecture } from './architecture.js';
import type { Cost } from './cost.js';
import { NseError } from './error.js';

/**
 * Which costs count as within the budget: more than `above` and less than `below`, or up to `below` where it
 * is included.
 */
export interface CostBand {
  readonly above: number;
  readonly below: number;
  readonly belowIncluded: boolean;
}

/** The band of the search: target - drift < cost < target + drift (golden README, difference 11). */
export function targetBand(target: number, drift: number): CostBand {
  return { above: target - drift, below: target + drift, belowIncluded: false };
}

/** How far the MACs of architectures that are like a number of MACs may be from it, as a part of it. */
const AROUND = 0.1;

/** The band of architectures that stand for a number of MACs where a spec says `likeMacs`: within 10 % of it. */
export function likeBand(macs: number): CostBand {
  return targetBand(macs, AROUND * macs);
}

/** The band of the extra architectures, just under the other: ... < cost <= target - drift. */
export function extraBand(target: number, drift: number, extraDrift: number): CostBand {
  return { above: target - drift - extraDrift, below: target - drift, belowIncluded: true };
}

/** Whether an architecture of that cost counts. */
export function inBand({ above, below, belowIncluded }: CostBand, cost: number): boolean {
  return cost > above && (cost < below || (belowIncluded && cost === below));
}

/** A further limit of an architecture: its cost by another measure stays under it. */
export interface CostLimit {
  readonly cost: Cost;
  /** Itself too much. */
  readonly below: number;
}

/** Whether the architecture keeps to every limit. */
export function keepsTo(limits: readonly CostLimit[], architecture: Architecture): boolean {
  return limits.every(({ cost, below }) => cost.total(architecture) < below);
}

/** How far a cost lies outside the band; 0 inside and on its edges. */
export function distanceToBand({ above, below }: CostBand, cost: number): number {
  return Math.max(0, above - cost, cost - below);
}

/**
 * The failure to find any architecture in the band: FAILED_PRECONDITION, reason `BudgetUnreachable`. `refused` says how many lay
 * in the band but broke one of the limits.
 */
export function budgetUnreachable(
  band: CostBand,
  unit: Cost['unit'],
  nearest: number,
  limits: readonly CostLimit[] = [],
  refused = 0,
): NseError {
  const under = limits.map(({ cost, below }) => ` and less than ${costWords(below, cost.unit)}`).join('');
  const found =
    refused > 0
      ? `${refused} were found in that band, all above the limit`
      : `the nearest found costs ${costWords(nearest, unit)}`;
  const message =
    `no architecture of this space was found that costs between ${costWords(band.above, unit)} and ` +
    `${costWords(band.below, unit)}${under}; ${found}`;
  return new NseError('FAILED_PRECONDITION', message, { reason: 'BudgetUnreachable', field: 'constraint' });
}

function costWords(cost: number, unit: Cost['unit']): string {
  return unit === 'macs' ? `${Math.round(cost).toLocaleString('en-US')} MACs` : `${cost.toFixed(3)} ms`;
}
