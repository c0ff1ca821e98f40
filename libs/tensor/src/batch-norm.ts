import type { Tensor } from '@tensorflow/tfjs-core';

import { relu } from './activation.js';
import { backend } from './backend.js';
import { FLOAT, kernels } from './kernel.js';

/** PyTorch's defaults, as the method was published with. */
export const BATCH_NORM_EPSILON = 1e-5;
export const BATCH_NORM_MOMENTUM = 0.1;

const COMMON = { T: FLOAT, U: FLOAT, data_format: 'NHWC', epsilon: { float: BATCH_NORM_EPSILON } };
const MOVING = { ...COMMON, is_training: true, exponential_avg_factor: { float: BATCH_NORM_MOMENTUM } };
const BATCH = { ...COMMON, is_training: true, exponential_avg_factor: { float: 1 } };
const FIXED = { ...COMMON, is_training: false, exponential_avg_factor: { float: 1 } };
const GRADIENT = { ...COMMON, is_training: true };

/** oneDNN's kernel with ReLU in it is there under this label only. It saves a pass over the image. */
const WITH_RELU = { num_side_inputs: { int: 0 }, activation_mode: 'Relu', _kernel: 'MklNameChangeOp' };
const RELU_KERNELS = {
  moving: { ...MOVING, ...WITH_RELU },
  batch: { ...BATCH, ...WITH_RELU },
  fixed: { ...FIXED, ...WITH_RELU },
};
const PLAIN_KERNELS = { moving: MOVING, batch: BATCH, fixed: FIXED };

/** Scale, shift and running statistics, each of shape [channels]. */
export interface BatchNormWeights {
  readonly gamma: Tensor;
  readonly beta: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** What the backward pass needs of the forward pass, and statistics. The caller owns all. */
export interface BatchNormTraining {
  readonly out: Tensor;
  /**
   * `moving`: the new running statistics, 0.9 old + 0.1 batch; else those of the batch alone.
   * The variance here is the unbiased one (n / (n - 1)), while x is normalised by the biased one.
   */
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly saved: readonly Tensor[];
}

/** Normalises x (batch, height, width, channels) by the statistics of the batch, then applies ReLU where asked. */
export function batchNormTraining(
  x: Tensor,
  weights: BatchNormWeights,
  { moving, withRelu }: { readonly moving: boolean; readonly withRelu: boolean },
): BatchNormTraining {
  const [out, mean, variance, ...saved] = normalise(x, weights, moving ? 'moving' : 'batch', withRelu);
  return { out, mean, variance, saved };
}

/** Normalises x by the running statistics, then applies ReLU where asked. The caller owns the result. */
export function batchNormEvaluation(x: Tensor, weights: BatchNormWeights, withRelu: boolean): Tensor {
  const [out, ...rest] = normalise(x, weights, 'fixed', withRelu);
  for (const tensor of rest) tensor.dispose();
  return out;
}

/**
 * Gradients of `batchNormTraining` without its ReLU, from the x that it was given and what it saved.
 * The caller owns them.
 */
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

type Outputs = [out: Tensor, mean: Tensor, variance: Tensor, ...saved: Tensor[]];

function normalise(
  x: Tensor,
  { gamma, beta, mean, variance }: BatchNormWeights,
  statistics: 'moving' | 'batch' | 'fixed',
  withRelu: boolean,
): Outputs {
  const inputs = [x, gamma, beta, mean, variance];
  if (withRelu && backend().oneDnn) {
    return kernels('_MklNativeFusedBatchNormEx', RELU_KERNELS[statistics], inputs, 6) as Outputs;
  }
  const outputs = kernels('FusedBatchNormV3', PLAIN_KERNELS[statistics], inputs, 6) as Outputs;
  if (!withRelu) return outputs;
  const [out, ...rest] = outputs;
  const active = relu(out);
  out.dispose();
  return [active, ...rest] as Outputs;
}
