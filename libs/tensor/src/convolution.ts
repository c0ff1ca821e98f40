import type { Tensor } from '@tensorflow/tfjs-core';

import { FLOAT, kernel } from './kernel.js';
import { constantIntegers } from './tensor.js';

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
 * A convolution without bias, and its two gradients. x (batch, height, width, in), w (kernel height, kernel width,
 * in / groups, out) or, depthwise, (kernel height, kernel width, channels, 1). The caller owns every result.
 */
export interface Convolution {
  forward(x: Tensor, w: Tensor): Tensor;
  inputGradient(x: Tensor, w: Tensor, dOut: Tensor): Tensor;
  weightGradient(x: Tensor, w: Tensor, dOut: Tensor): Tensor;
}

/** Prepares a convolution: its attributes are made once and used in every step. */
export function convolution(geometry: ConvolutionGeometry): Convolution {
  const operation = geometry.kind === 'depthwise' ? 'DepthwiseConv2dNative' : 'Conv2D';
  const attributes = attributesOf(geometry);
  return {
    forward: (x, w) => kernel(operation, attributes, [x, w]),
    inputGradient: (x, w, dOut) =>
      kernel(`${operation}BackpropInput`, attributes, [constantIntegers(x.shape), w, dOut]),
    weightGradient: (x, w, dOut) =>
      kernel(`${operation}BackpropFilter`, attributes, [x, constantIntegers(w.shape), dOut]),
  };
}

function attributesOf({ kernel: size, stride, padding, dilation }: ConvolutionGeometry) {
  const [rows, columns] = padding;
  const padded = rows > 0 || columns > 0;
  return {
    T: FLOAT,
    strides: [1, stride[0], stride[1], 1],
    dilations: [1, size[0] > 1 ? dilation : 1, size[1] > 1 ? dilation : 1, 1],
    data_format: 'NHWC',
    padding: padded ? 'EXPLICIT' : 'VALID',
    ...(padded ? { explicit_paddings: [0, 0, rows, rows, columns, columns, 0, 0] } : {}),
  };
}
