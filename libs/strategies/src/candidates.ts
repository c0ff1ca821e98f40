import {
  type Architecture,
  type CellSets,
  type Cost,
  type CostBand,
  type CostLimit,
  inBand,
  keepsTo,
  type MacroNetwork,
  type Pool,
  randomFrom,
  type Sample,
  sampleWithin,
  singleChoices,
} from '@nse/space';

/** A space of single-branch architectures and the budget that they must keep to. */
export interface SearchSpace {
  readonly network: MacroNetwork;
  readonly pool: Pool;
  /** Per cell, the operations to choose from. */
  readonly subsets: CellSets;
  readonly cost: Cost;
  readonly band: CostBand;
  /** What an architecture must keep to besides the band, such as MACs beside a latency. */
  readonly limits?: readonly CostLimit[];
  readonly seed: number;
}

/** An architecture that was scored. */
export interface Candidate {
  /** As `encodeArchitecture` writes it. */
  readonly code: string;
  readonly cost: number;
  /** On the held-out images, by the shared weights; in [0, 1]. */
  readonly accuracy: number;
}

/** Accuracies of these codes, in their order; may take as long, and as many workers, as it likes. */
export type ScoreCodes = (codes: readonly string[]) => Promise<readonly number[]>;

/** Whether the architecture lies within the band and keeps to every limit. */
export function isWithin(
  { cost, band, limits = [] }: Pick<SearchSpace, 'cost' | 'band' | 'limits'>,
  architecture: Architecture,
): boolean {
  return inBand(band, cost.total(architecture)) && keepsTo(limits, architecture);
}

/**
 * Architectures drawn uniformly from those within the band and the limits, one operation or none a cell, all different; fewer
 * where there are fewer. Throws `BudgetUnreachable` where there is none.
 */
export function uniformArchitectures(
  { network, subsets, cost, band, limits = [], seed }: SearchSpace,
  number: number,
  ...counters: readonly (string | number)[]
): Sample[] {
  const choices = singleChoices(network.cells, subsets);
  const random = randomFrom(seed, 'uniform', ...counters);
  return sampleWithin(band, { choices, cost, limits, number, random });
}

/** The best first: by accuracy, then the cheaper, then by code, so that the order never depends on who came first. */
export function ranked(candidates: readonly Candidate[]): Candidate[] {
  return candidates.toSorted(
    (a, b) => b.accuracy - a.accuracy || a.cost - b.cost || (a.code < b.code ? -1 : Number(a.code > b.code)),
  );
}
