import {
  type CellSets,
  type Cost,
  type CostBand,
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

/**
 * Architectures drawn uniformly from those within the band, one operation or none a cell, all different; fewer where the band
 * holds fewer. Throws `BudgetUnreachable` where it holds none.
 */
export function uniformArchitectures(
  { network, subsets, cost, band, seed }: SearchSpace,
  number: number,
  ...counters: readonly (string | number)[]
): Sample[] {
  const choices = singleChoices(network.cells, subsets);
  return sampleWithin(band, { choices, cost, number, random: randomFrom(seed, 'uniform', ...counters) });
}

/** The best first: by accuracy, then the cheaper, then by code, so that the order never depends on who came first. */
export function ranked(candidates: readonly Candidate[]): Candidate[] {
  return candidates.toSorted(
    (a, b) => b.accuracy - a.accuracy || a.cost - b.cost || (a.code < b.code ? -1 : Number(a.code > b.code)),
  );
}
