import type { Architecture, CellSets, Emptiable, MacroNetwork, Pool } from '@nse/space';

/**
 * What one place may hold, in a fixed order: each operation of its subset by itself and, where the cell has an identity,
 * last, none: the cell is then its input. Each option is a set of branches, so a choice of one a cell is an architecture.
 */
export type CellOptions = readonly (readonly number[])[];

/** Per cell, its options. */
export function optionsOf(cells: readonly Emptiable[], subsets: CellSets): readonly CellOptions[] {
  return cells.map(({ identity }, cell) => {
    const single = (subsets[cell] ?? []).map((operation) => [operation]);
    return identity ? [...single, []] : single;
  });
}

/** The whole pool in every cell, which is where all these methods search. */
export function wholePool({ cells }: MacroNetwork, { operations }: Pool): CellSets {
  return cells.map(() => operations.map((_, index) => index));
}

/** The architecture that takes that option in each cell. */
export function architectureOf(options: readonly CellOptions[], taken: readonly number[]): Architecture {
  return options.map((cell, index) => cell[taken[index] ?? -1] ?? []);
}
