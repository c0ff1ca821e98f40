import type { BranchPair } from '@nse/space';
import { dispose, subtract, type Tensor } from '@nse/tensor';

import type { Block, Pass } from './block.js';
import { backwardThroughMean, type CellBlocks, meanOfBranches, runCell, trainCell } from './cell.js';
import { dot } from './scalar.js';
import type { Supernet } from './supernet.js';
import type { Weights } from './weights.js';

/** A cell in a fitness step: the value is set A's. */
interface PairCell {
  /** (batch, height, width, channels) of set A. */
  readonly out: Tensor;
  /** outA - outB, where the cell has a choice. */
  readonly difference?: Tensor;
  /** Absent where no cell before has a choice: no gradient is wanted there. */
  readonly pass?: Pick<Pass, 'backward'>;
}

/** A fitness step's forward pass. The caller owns `logits`, and calls `backward` once. */
export interface PairPass {
  /** (batch, classes) */
  readonly logits: Tensor;
  /** Per cell, d loss / d pA - d loss / d pB. The caller owns the scalars; cells without a choice have none. */
  backward(dLogits: Tensor): (Tensor | undefined)[];
}

const MOVING = { kind: 'batch', moving: true } as const;
const STILL = { kind: 'batch', moving: false } as const;

/**
 * Forward pass over a pair of branch sets per cell. What a cell emits is A*(pA + 1 - stop(pA)) + B*(pB - stop(pB)): its
 * value is A's, its gradient by pA the sum of dOut * outA, by pB that of dOut * outB. As pA + pB = 1, only the difference
 * of the two counts, so one tensor is kept for both. B is computed without a way back and moves no running statistics;
 * an operation in both sets is computed once.
 */
export function pairPass(
  supernet: Supernet,
  pairs: readonly BranchPair[],
  images: Tensor,
  weights: Weights,
): PairPass {
  const first = pairs.findIndex(({ choice }) => choice);
  let x = supernet.stem.run(images, weights, MOVING);
  const cells = supernet.cells.map((blocks, index) => {
    const pair = pairs[index] ?? { a: [], b: [], choice: false };
    const wayBack = first !== -1 && index > first;
    const passed = (pair.choice ? passPair : passOne)(blocks, pair, x, weights, wayBack);
    x.dispose();
    x = passed.out;
    return passed;
  });
  const tail = supernet.tail.train(x, weights);
  x.dispose();
  return { logits: tail.out, backward: (dLogits) => backwardThrough(cells, tail, dLogits) };
}

function backwardThrough(cells: readonly PairCell[], tail: Pass, dLogits: Tensor): (Tensor | undefined)[] {
  const gaps: (Tensor | undefined)[] = [];
  let dOut: Tensor | undefined = tail.backward(dLogits);
  for (const { difference, pass } of cells.toReversed()) {
    gaps.unshift(difference && dOut && dot(dOut, difference));
    const dInput: Tensor | undefined = dOut && pass?.backward(dOut);
    dispose(difference, dOut);
    dOut = dInput;
  }
  return gaps;
}

function passOne(
  blocks: CellBlocks,
  { a }: BranchPair,
  x: Tensor,
  weights: Weights,
  wayBack: boolean,
): PairCell {
  if (!wayBack) return { out: runCell(blocks, a, x, weights, MOVING) };
  const pass = trainCell(blocks, a, x, weights);
  return { out: pass.out, pass };
}

function passPair(
  { cell, block }: CellBlocks,
  { a, b }: BranchPair,
  x: Tensor,
  weights: Weights,
  wayBack: boolean,
): PairCell {
  const passes: Pass[] = [];
  const outputs = new Map<number, Tensor>();
  for (const operation of a) {
    outputs.set(
      operation,
      wayBack ? keep(passes, block(operation), x, weights) : block(operation).run(x, weights, MOVING),
    );
  }
  for (const operation of b) {
    if (!outputs.has(operation)) outputs.set(operation, block(operation).run(x, weights, STILL));
  }
  const meanOf = (set: readonly number[]): Tensor =>
    meanOfBranches(
      cell,
      x,
      set.flatMap((operation) => outputs.get(operation) ?? []),
    );
  const out = meanOf(a);
  const other = meanOf(b);
  const difference = subtract(out, other);
  dispose(other, ...outputs.values());
  return {
    out,
    difference,
    ...(wayBack && { pass: { backward: (dOut) => backwardThroughMean(cell, passes, dOut) } }),
  };
}

function keep(passes: Pass[], block: Block, x: Tensor, weights: Weights): Tensor {
  const pass = block.train(x, weights);
  passes.push(pass);
  return pass.out;
}
