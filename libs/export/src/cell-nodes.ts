import { type Cell, NseError, operationAt, type Pool } from '@nse/space';

import type { ValueName } from './graph.js';
import { addOperation, type Drawing } from './operation-nodes.js';

/** A value of the graph, which is `scale` times what the network has there. */
export interface ScaledValue {
  readonly value: ValueName;
  readonly scale: number;
}

/** A cell and the operations that are on in it. */
export interface ChosenCell {
  readonly cell: Cell;
  readonly operations: readonly number[];
}

/** Float32 holds values far larger still. About a hundred cells in a row, of three branches and the identity, get there. */
const MOST_SCALE = 2 ** 96;

/**
 * Adds a cell: the mean over its branches as a sum, with the division in the weights. A cell with the identity leaves its
 * sum undivided, as nothing could divide the identity for free: its output has the scale of the input times the number of
 * branches. Without the identity the scale becomes `free`. An empty cell adds nothing.
 * Throws INVALID_ARGUMENT for an empty cell without identity and for a run of cells whose scale would overflow,
 * NOT_FOUND for an operation that the pool does not have.
 */
export function addCell(
  drawing: Drawing,
  { cell, operations }: ChosenCell,
  pool: Pool,
  { value: input, scale: scaleIn }: ScaledValue,
  free = 1,
): ScaledValue {
  const parts = partsOf({ cell, operations });
  const scaleOut = cell.identity ? scaleIn * parts : free;
  if (scaleOut > MOST_SCALE) {
    throw unfit(cell, 'ends a run of cells with the identity that is too long to leave its means undivided');
  }
  const scales = { in: scaleIn, out: scaleOut / parts };
  const placement = { ...cell, size: cell.sizeIn };
  let sum = cell.identity ? input : undefined;
  for (const index of operations) {
    const name = `cells.${cell.index}.ops.${index}`;
    const branch = addOperation(drawing, name, operationAt(pool, index), placement, input, scales);
    sum = sum === undefined ? branch : drawing.builder.add(`${name}.add`, sum, branch);
  }
  if (sum === undefined) throw unfit(cell, 'has no operation, and no identity');
  return { value: sum, scale: scaleOut };
}

/**
 * The scale to begin with where it can be chosen, before these cells: a power of two, so that scales of the run of cells
 * with the identity lie around 1, and values stay in the range of half precision, with which some devices calculate.
 */
export function scaleBefore(cells: readonly ChosenCell[]): number {
  const end = cells.findIndex(({ cell }) => !cell.identity);
  const run = end === -1 ? cells : cells.slice(0, end);
  return 2 ** -Math.round(run.reduce((sum, chosen) => sum + Math.log2(partsOf(chosen)), 0) / 2);
}

function partsOf({ cell, operations }: ChosenCell): number {
  return operations.length + (cell.identity ? 1 : 0);
}

function unfit({ index }: Cell, reason: string): NseError {
  return NseError.invalid([{ field: 'architecture', description: `cell ${index} ${reason}` }]);
}
