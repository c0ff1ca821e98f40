import type { Tensor } from '@tensorflow/tfjs-core';

import { denseConvolution } from './convolution-dense.js';
import { depthwiseConvolution } from './convolution-depthwise.js';
import { pointwiseConvolution } from './convolution-pointwise.js';

type Pair = readonly [number, number];

/** What a convolution is, without sizes. `Layer` of @nse/space is one. */
export interface ConvolutionGeometry {
  readonly kind: 'conv' | 'depthwise';
  /** (height, width), as are stride and padding. */
  readonly kernel: Pair;
  readonly stride: Pair;
  /** Zeros on both sides of each axis. TensorFlow's SAME would pad otherwise with stride 2. */
  readonly padding: Pair;
  readonly dilation: number;
  readonly groups: number;
  readonly inChannels: number;
  readonly outChannels: number;
}

/**
 * A convolution without bias, and its two gradients. x (batch, height, width, in), w of the shape that `weight` says.
 * The caller owns every result.
 */
export interface Convolution {
  readonly weight: ConvolutionWeight;
  forward(x: Tensor, w: Tensor): Tensor;
  inputGradient(x: Tensor, w: Tensor, dOut: Tensor): Tensor;
  weightGradient(x: Tensor, w: Tensor, dOut: Tensor): Tensor;
}

/**
 * How the weight is kept: a `convolution`'s (kernel height, kernel width, in / groups, out), a `depthwise` one's (kernel
 * height, kernel width, channels, 1), a `pointwise` (1x1) one's (in, out).
 */
export interface ConvolutionWeight {
  readonly kind: 'convolution' | 'depthwise' | 'pointwise';
  readonly shape: readonly number[];
}

/**
 * Prepares a convolution in the way that was measured to be the fastest on a CPU for its kind; attributes are made once
 * and used in every step.
 */
export function convolution(geometry: ConvolutionGeometry): Convolution {
  const { kind, kernel, stride, groups } = geometry;
  if (kind === 'depthwise') return depthwiseConvolution(geometry);
  const single = kernel[0] === 1 && kernel[1] === 1 && stride[0] === 1 && stride[1] === 1;
  return single && groups === 1 ? pointwiseConvolution(geometry) : denseConvolution(geometry);
}
