import {
  batchNormEvaluation,
  batchNormTraining,
  type BatchNormWeights,
  dispose,
  type Tensor,
} from '@nse/tensor';

import type { Mode } from './block-pass.js';
import type { WeightPlace } from './weight-place.js';
import type { Weights } from './weights.js';

export function batchNormPlaces(name: string, channels: number): WeightPlace[] {
  const kinds = ['gamma', 'beta', 'mean', 'variance'] as const;
  return kinds.map((kind) => ({ name: `${name}.${kind}`, shape: [channels], kind }));
}

/** Scale, shift and running statistics by the batch norm's name; statistics from elsewhere where given. */
export function batchNormWeights(
  name: string,
  weights: Weights,
  statistics?: ReadonlyMap<string, Tensor>,
): BatchNormWeights {
  return {
    gamma: weights.get(`${name}.gamma`),
    beta: weights.get(`${name}.beta`),
    mean: statistics?.get(`${name}.mean`) ?? weights.get(`${name}.mean`),
    variance: statistics?.get(`${name}.variance`) ?? weights.get(`${name}.variance`),
  };
}

/** Takes the new running statistics over. */
export function moveStatistics(name: string, weights: Weights, mean: Tensor, variance: Tensor): void {
  weights.set(`${name}.mean`, mean);
  weights.set(`${name}.variance`, variance);
}

/** Batch norm of a forward pass without a way back, then ReLU where asked. The caller owns the result. */
export function normalise(name: string, y: Tensor, weights: Weights, mode: Mode, withRelu: boolean): Tensor {
  if (mode.kind === 'evaluate') {
    return batchNormEvaluation(y, batchNormWeights(name, weights, mode.statistics), withRelu);
  }
  const moving = mode.kind === 'batch' && mode.moving;
  const { out, mean, variance, saved } = batchNormTraining(y, batchNormWeights(name, weights), {
    moving,
    withRelu,
  });
  dispose(...saved);
  if (mode.kind === 'collect') mode.into.add(name, mean, variance);
  else if (moving) moveStatistics(name, weights, mean, variance);
  else dispose(mean, variance);
  return out;
}
