import type { Tensor } from '@tensorflow/tfjs-core';

import { FLOAT, kernels } from './kernel.js';

/** PyTorch's defaults, as the method was published with. */
export const BATCH_NORM_EPSILON = 1e-5;
export const BATCH_NORM_MOMENTUM = 0.1;

const COMMON = { T: FLOAT, U: FLOAT, data_format: 'NHWC', epsilon: { float: BATCH_NORM_EPSILON } };
const MOVING = { ...COMMON, is_training: true, exponential_avg_factor: { float: BATCH_NORM_MOMENTUM } };
const BATCH_ONLY = { ...COMMON, is_training: true, exponential_avg_factor: { float: 1 } };
const FIXED = { ...COMMON, is_training: false, exponential_avg_factor: { float: 1 } };
const GRADIENT = { ...COMMON, is_training: true };

/** Scale, shift and running statistics, each of shape [channels]. */
export interface BatchNormWeights {
  readonly gamma: Tensor;
  readonly beta: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** What the backward pass needs of the forward pass, and the statistics for the running ones. The caller owns all. */
export interface BatchNormTraining {
  readonly out: Tensor;
  /**
   * `moving`: the new running statistics, 0.9 old + 0.1 batch; else those of the batch alone.
   * The variance that goes in is the unbiased one (n / (n - 1)).
   */
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly saved: readonly Tensor[];
}

/** Normalises x (batch, height, width, channels) with the statistics of the batch. */
export function batchNormTraining(x: Tensor, weights: BatchNormWeights, moving: boolean): BatchNormTraining {
  const inputs = [x, weights.gamma, weights.beta, weights.mean, weights.variance];
  const outputs = kernels('FusedBatchNormV3', moving ? MOVING : BATCH_ONLY, inputs, 6);
  const [out, mean, variance, ...saved] = outputs as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
  return { out, mean, variance, saved };
}

/** Normalises x with the running statistics. The caller owns the result. */
export function batchNormEvaluation(x: Tensor, weights: BatchNormWeights): Tensor {
  const inputs = [x, weights.gamma, weights.beta, weights.mean, weights.variance];
  const [out, ...rest] = kernels('FusedBatchNormV3', FIXED, inputs, 6) as [Tensor, ...Tensor[]];
  for (const tensor of rest) tensor.dispose();
  return out;
}

/** Gradients of `batchNormTraining`, from the x it was given and what it saved. The caller owns them. */
export function batchNormGradient(
  dOut: Tensor,
  x: Tensor,
  gamma: Tensor,
  saved: readonly Tensor[],
): { dX: Tensor; dGamma: Tensor; dBeta: Tensor } {
  const outputs = kernels('FusedBatchNormGradV3', GRADIENT, [dOut, x, gamma, ...saved], 5);
  const [dX, dGamma, dBeta, ...rest] = outputs as [Tensor, Tensor, Tensor, ...Tensor[]];
  for (const tensor of rest) tensor.dispose();
  return { dX, dGamma, dBeta };
}
