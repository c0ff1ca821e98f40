import { type Cell, NseError, operationAt, type Pool } from '@nse/space';

import type { ValueName } from './graph.js';
import { addOperation, type Drawing } from './operation-nodes.js';

/** A value of the graph, which is `scale` times what the network has there. */
export interface ScaledValue {
  readonly value: ValueName;
  readonly scale: number;
}

/**
 * Adds a cell: the mean over its branches as a sum, with the division in the weights. A cell with the identity leaves its
 * sum undivided, as nothing could divide the identity for free: its output has the scale of the input times the number of
 * branches. Without the identity the scale goes back to 1. An empty cell adds nothing.
 * Throws INVALID_ARGUMENT for an empty cell without identity, NOT_FOUND for an operation that the pool does not have.
 */
export function addCell(
  drawing: Drawing,
  cell: Cell,
  pool: Pool,
  operations: readonly number[],
  { value: input, scale: scaleIn }: ScaledValue,
): ScaledValue {
  const parts = operations.length + (cell.identity ? 1 : 0);
  const scaleOut = cell.identity ? scaleIn * parts : 1;
  const scales = { in: scaleIn, out: scaleOut / parts };
  const placement = { ...cell, size: cell.sizeIn };
  let sum = cell.identity ? input : undefined;
  for (const index of operations) {
    const name = `cells.${cell.index}.ops.${index}`;
    const branch = addOperation(drawing, name, operationAt(pool, index), placement, input, scales);
    sum = sum === undefined ? branch : drawing.builder.add(`${name}.add`, sum, branch);
  }
  if (sum === undefined) {
    const description = `cell ${cell.index} has no operation, and no identity`;
    throw NseError.invalid([{ field: 'architecture', description }]);
  }
  return { value: sum, scale: scaleOut };
}
