import type { CellSets } from './architecture.js';
import { NseError } from './error.js';

/**
 * Multi-branch NSE switches any operations on; single-branch NSE exactly one a cell, or none where a cell may
 * be empty.
 */
export type Method = 'nse' | 'nse-single';

/**
 * What sampling needs to know of a cell; a `Cell` has it. Only cells with an identity branch may be empty.
 */
export interface Emptiable {
  readonly identity: boolean;
}

/** Per cell, the logit of each operation of its subset, in the subset's order. */
export type Fitness = readonly (readonly number[])[];

/** How the branches of one cell are drawn. */
export type Choice =
  | {
      /** Every operation is on by itself with its chance; the empty set is left out where it is forbidden. */
      readonly kind: 'several';
      readonly operations: readonly number[];
      readonly chances: readonly number[];
      readonly mayBeEmpty: boolean;
    }
  | {
      /** One operation by weight; where the cell may be empty, the last weight is that of none. */
      readonly kind: 'one';
      readonly operations: readonly number[];
      readonly weights: readonly number[];
      readonly mayBeEmpty: boolean;
    };

const LEAST_CHANCE = 0.0005;

/** The chance that an operation is on: sigmoid of its logit, squeezed evenly into [0.0005, 0.9995]. */
export function onChance(logit: number): number {
  return LEAST_CHANCE + (1 - 2 * LEAST_CHANCE) / (1 + Math.exp(-logit));
}

/**
 * Weight training: every operation with chance 1/2, or one (or none) uniformly. Throws FAILED_PRECONDITION
 * for a cell that may not be empty and has no operation.
 */
export function pathChoices(
  cells: readonly Emptiable[],
  subsets: CellSets,
  method: Method,
): readonly Choice[] {
  if (method === 'nse-single') return singleChoices(cells, subsets);
  return fitnessChoices(cells, subsets);
}

/**
 * The fitness distribution: every operation by its own chance. Without a fitness all logits are 0.
 * Throws FAILED_PRECONDITION for a cell that may not be empty and has no operation, or for logits that are
 * too few or no numbers.
 */
export function fitnessChoices(
  cells: readonly Emptiable[],
  subsets: CellSets,
  fitness?: Fitness,
): readonly Choice[] {
  return cells.map(({ identity }, cell) => {
    const operations = operationsOf(subsets, cell, identity);
    const logits = fitness === undefined ? operations.map(() => 0) : (fitness[cell] ?? []);
    requireLength(logits, operations.length, 'fitness', cell);
    if (logits.some(Number.isNaN))
      throw new NseError('FAILED_PRECONDITION', `fitness of cell ${cell}: not a number`);
    // An E/R cell with one operation has no choice, so its chance does not matter: see `drawSet`.
    return { kind: 'several', operations, chances: logits.map(onChance), mayBeEmpty: identity };
  });
}

/**
 * Single-branch: one operation a cell by weight, uniform by default. A cell that may be empty has one weight
 * more, the last, for none. Throws FAILED_PRECONDITION for a cell that may not be empty and has no operation,
 * or for a wrong list of weights.
 */
export function singleChoices(
  cells: readonly Emptiable[],
  subsets: CellSets,
  weights?: readonly (readonly number[])[],
): readonly Choice[] {
  return cells.map(({ identity }, cell) => {
    const operations = operationsOf(subsets, cell, identity);
    const options = operations.length + (identity ? 1 : 0);
    const own = weights === undefined ? Array<number>(options).fill(1) : (weights[cell] ?? []);
    requireLength(own, options, 'weights', cell);
    if (!own.every((weight) => weight >= 0) || !own.some((weight) => weight > 0)) {
      throw new NseError(
        'FAILED_PRECONDITION',
        `weights of cell ${cell}: none may be negative, one must be positive`,
      );
    }
    return { kind: 'one', operations, weights: own, mayBeEmpty: identity };
  });
}

/** Whether a cell with so many operations has more than one set of branches to choose from. */
export function hasChoice(operations: number, identity: boolean): boolean {
  return operations > 1 || (identity && operations === 1);
}

function operationsOf(subsets: CellSets, cell: number, identity: boolean): readonly number[] {
  const operations = subsets[cell] ?? [];
  if (operations.length > 0 || identity) return operations;
  throw new NseError('FAILED_PRECONDITION', `cell ${cell} has no operation left and may not be empty`);
}

function requireLength(list: readonly number[], length: number, what: string, cell: number): void {
  if (list.length === length) return;
  throw new NseError(
    'FAILED_PRECONDITION',
    `${what} of cell ${cell}: ${list.length} numbers for ${length} choices`,
  );
}
