import type { Cell } from '@nse/space';
import { addAll, dispose, scale, share, type Tensor } from '@nse/tensor';

import type { Block, Mode, Pass } from './block.js';
import type { Gradients, Weights } from './weights.js';

/** A cell and the blocks of its operations, by pool index. */
export interface CellBlocks {
  readonly cell: Cell;
  readonly block: (operation: number) => Block;
}

/**
 * A cell's output: the mean over its branches' outputs and, where the cell has the identity, its input
 * (nse-algorithm.md, "Macro network"). The caller keeps `branches` and `x` and owns the result.
 */
export function meanOfBranches({ identity }: Cell, x: Tensor, branches: readonly Tensor[]): Tensor {
  return combined(identity ? [x, ...branches] : branches, (sum, parts) => scale(sum, 1 / parts));
}

/** Forward pass of a cell with these operations on, without a way back. The caller owns the result. */
export function runCell(
  { cell, block }: CellBlocks,
  operations: readonly number[],
  x: Tensor,
  weights: Weights,
  mode: Mode,
): Tensor {
  const branches = operations.map((operation) => block(operation).run(x, weights, mode));
  const out = meanOfBranches(cell, x, branches);
  dispose(...branches);
  return out;
}

/** Forward pass of a cell in training mode, with the way back through every branch. */
export function trainCell(
  { cell, block }: CellBlocks,
  operations: readonly number[],
  x: Tensor,
  weights: Weights,
  options?: { readonly moving?: boolean },
): Pass {
  const passes = operations.map((operation) => block(operation).train(x, weights, options));
  const branches = passes.map((pass) => pass.out);
  const out = meanOfBranches(cell, x, branches);
  dispose(...branches);
  return {
    out,
    backward: (dOut, gradients) => backwardThroughMean(cell, passes, dOut, gradients),
    backwardFirst: (dOut, gradients) => {
      backwardThroughMean(cell, passes, dOut, gradients).dispose();
    },
    dispose: () => {
      for (const pass of passes) pass.dispose();
    },
  };
}

/** The gradient of a cell's input, given that of its output: each branch gets an equal share of it. */
export function backwardThroughMean(
  { identity }: Cell,
  passes: readonly Pass[],
  dOut: Tensor,
  gradients?: Gradients,
): Tensor {
  const parts = passes.length + (identity ? 1 : 0);
  const dBranch = parts === 1 ? share(dOut) : scale(dOut, 1 / parts);
  const throughBranches = passes.map((pass) => pass.backward(dBranch, gradients));
  const dInput = combined(identity ? [dBranch, ...throughBranches] : throughBranches, share);
  dispose(dBranch, ...throughBranches);
  return dInput;
}

/** The sum of the parts, finished by `finish`; a single part is returned as it is. */
function combined(parts: readonly Tensor[], finish: (sum: Tensor, parts: number) => Tensor): Tensor {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return share(only);
  const sum = addAll(parts);
  const result = finish(sum, parts.length);
  sum.dispose();
  return result;
}
