import type { CellOptions } from '@nse/strategies';
import {
  type Block,
  chain,
  type Gradients,
  type Labelled,
  readScalars,
  type Supernet,
  type Weights,
} from '@nse/supernet';
import { crossEntropy, dispose } from '@nse/tensor';

import { type CellSlopes, mixedBlock, operationShare } from './mixed.js';

/** A supernet whose cells mix all their options. */
export interface MixedNetwork {
  readonly supernet: Supernet;
  readonly weights: Weights;
  readonly options: readonly CellOptions[];
}

/** The whole mixed network as one block: (batch, height, width, channels) to (batch, classes). */
export function mixedNetwork(
  { supernet, options }: Pick<MixedNetwork, 'supernet' | 'options'>,
  probabilities: readonly (readonly number[])[],
): Block {
  const cells = supernet.cells.map((blocks, cell) =>
    mixedBlock(blocks, options[cell] ?? [], probabilities[cell] ?? []),
  );
  return chain([supernet.stem, ...cells, supernet.tail]);
}

export interface MixedReading {
  /** Mean over the batch. */
  readonly loss: number;
  /** By cell and option, the gradient in the probability. */
  readonly slopes: readonly (readonly number[])[];
}

/**
 * The gradient in the probabilities on one batch, and, where `gradients` is given, in the weights too, in the same pass. Moves
 * nothing, no running statistics either.
 */
export function readMixed(
  { supernet, weights, options }: MixedNetwork,
  probabilities: readonly (readonly number[])[],
  { images, labels }: Labelled,
  gradients?: Gradients,
): MixedReading {
  const found: (CellSlopes | undefined)[] = [];
  const cells = supernet.cells.map((blocks, cell) =>
    mixedBlock(blocks, options[cell] ?? [], probabilities[cell] ?? [], (slopes) => (found[cell] = slopes)),
  );
  const network = chain([supernet.stem, ...cells, supernet.tail]);
  const pass = network.train(images, weights, { moving: false });
  const { loss, dLogits } = crossEntropy(pass.out, labels);
  if (gradients === undefined) pass.backward(dLogits).dispose();
  else pass.backwardFirst(dLogits, gradients);
  const scalars = found.flatMap((slopes) =>
    slopes ? [...slopes.operations, ...(slopes.input ? [slopes.input] : [])] : [],
  );
  const [value = NaN, ...numbers] = readScalars([loss, ...scalars]);
  dispose(pass.out, loss, dLogits, ...scalars);
  const next = () => numbers.shift() ?? NaN;
  const slopes = options.map((own, cell) => {
    const identity = supernet.cells[cell]?.cell.identity ?? false;
    const byOperation = own.filter((set) => set.length > 0).map(next);
    return optionSlopes(byOperation, identity ? next() : undefined);
  });
  return { loss: value, slopes };
}

/** From the gradients of the operations' outputs and of the input to those of the options. */
function optionSlopes(operations: readonly number[], input: number | undefined): number[] {
  if (input === undefined) return [...operations];
  const half = operationShare(true);
  return [...operations.map((slope) => half * (slope + input)), input];
}
