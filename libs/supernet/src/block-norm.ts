import {
  batchNormEvaluation,
  type BatchNormTraining,
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

/** Batch norm in training, then ReLU where asked: its output and what its gradient needs. The caller owns all. */
export function trainNorm(
  name: string,
  y: Tensor,
  weights: Weights,
  moving: boolean,
  withRelu: boolean,
): Pick<BatchNormTraining, 'out' | 'saved'> {
  const norm = batchNormTraining(y, batchNormWeights(name, weights), { moving, withRelu });
  if (moving) moveStatistics(name, weights, norm.mean, norm.variance);
  else dispose(norm.mean, norm.variance);
  return norm;
}

/** Batch norm of a forward pass without a way back, then ReLU where asked. The caller owns the result. */
export function normalise(name: string, y: Tensor, weights: Weights, mode: Mode, withRelu: boolean): Tensor {
  if (mode.kind === 'evaluate') {
    return batchNormEvaluation(y, batchNormWeights(name, weights, mode.statistics), withRelu);
  }
  if (mode.kind === 'batch') {
    const { out, saved } = trainNorm(name, y, weights, mode.moving, withRelu);
    dispose(...saved);
    return out;
  }
  const inputs = batchNormWeights(name, weights);
  const { out, mean, variance, saved } = batchNormTraining(y, inputs, { moving: false, withRelu });
  dispose(...saved);
  mode.into.add(name, mean, variance);
  return out;
}

/** Scale, shift and running statistics by the batch norm's name; statistics from elsewhere where given. */
function batchNormWeights(
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

function moveStatistics(name: string, weights: Weights, mean: Tensor, variance: Tensor): void {
  weights.set(`${name}.mean`, mean);
  weights.set(`${name}.variance`, variance);
}
