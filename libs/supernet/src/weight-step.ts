import type { Sgd, Tensor } from '@nse/tensor';

import type { Block } from './block.js';
import { Gradients, type Weights } from './weights.js';

/** What a weight step moves. */
export interface WeightStep {
  readonly weights: Weights;
  readonly sgd: Sgd;
}

/** A loss, a scalar, and its gradient in the logits, (batch, classes). */
export interface Loss {
  readonly loss: Tensor;
  readonly dLogits: Tensor;
}

/**
 * One step of SGD on the weights of `block`, a path or a whole network; no other weight moves.
 *
 * @param images (batch, height, width, channels); the caller's
 * @returns the loss, a scalar that the caller owns
 */
export function weightStep(
  { weights, sgd }: WeightStep,
  block: Block,
  images: Tensor,
  lossOf: (logits: Tensor) => Loss,
  learningRate: number,
): Tensor {
  const gradients = new Gradients();
  const pass = block.train(images, weights);
  const { loss, dLogits } = lossOf(pass.out);
  pass.out.dispose();
  pass.backwardFirst(dLogits, gradients);
  dLogits.dispose();
  sgd.step(weights, gradients.entries(), learningRate);
  gradients.dispose();
  return loss;
}
