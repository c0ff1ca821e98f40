import type { WeightAndBias } from './graph-builder.js';

/** PyTorch's default, with which the engine trains. */
const BATCH_NORM_EPSILON = 1e-5;

/** Running statistics, scale and shift of a batch norm, each (channels). */
export interface BatchNorm {
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** Values are kept as `scale` times what the network computes; 1 where not said. */
export interface Scales {
  readonly in?: number;
  readonly out?: number;
}

/** A convolution (out, ...) without bias and the batch norm after it, in evaluation, as one convolution. */
export function foldBatchNorm(weight: Float32Array, norm: BatchNorm, scales: Scales = {}): WeightAndBias {
  const { gamma, beta, mean, variance } = norm;
  const factors = Float64Array.from(
    gamma,
    (value, channel) => value / Math.sqrt((variance[channel] ?? 0) + BATCH_NORM_EPSILON),
  );
  const shifts = Float64Array.from(
    beta,
    (value, channel) => value - (mean[channel] ?? 0) * (factors[channel] ?? 0),
  );
  return scaled(weight, factors, shifts, scales);
}

/** A convolution (out, ...) without bias and batch norm, with a bias of 0. */
export function withoutNorm(weight: Float32Array, channels: number, scales: Scales = {}): WeightAndBias {
  return scaled(weight, new Float64Array(channels).fill(1), new Float64Array(channels), scales);
}

/** In doubles, rounded once. */
function scaled(
  weight: Float32Array,
  factors: Float64Array,
  shifts: Float64Array,
  { in: scaleIn = 1, out: scaleOut = 1 }: Scales,
): WeightAndBias {
  const perChannel = weight.length / factors.length;
  const folded = new Float32Array(weight.length);
  factors.forEach((factor, channel) => {
    const end = (channel + 1) * perChannel;
    const total = (factor * scaleOut) / scaleIn;
    for (let index = channel * perChannel; index < end; index++) {
      folded[index] = (weight[index] ?? 0) * total;
    }
  });
  return { weight: folded, bias: Float32Array.from(shifts, (shift) => shift * scaleOut) };
}
