import type { Tensor } from '@tensorflow/tfjs-core';

import { pad, slice } from './arrange.js';
import type { Convolution, ConvolutionGeometry } from './convolution.js';
import { FLOAT, kernel } from './kernel.js';
import { constantIntegers } from './tensor.js';

/**
 * A full or grouped convolution. Gradients with explicit padding would fall back from oneDNN to a kernel that takes two to
 * three times as long; so SAME where it is symmetric, and else gradients of the padded input without padding.
 */
export function denseConvolution(geometry: ConvolutionGeometry): Convolution {
  const { kernel: size, stride, padding, inChannels, outChannels, groups } = geometry;
  const weight = { kind: 'convolution', shape: [...size, inChannels / groups, outChannels] } as const;
  const common = {
    T: FLOAT,
    strides: [1, ...stride, 1],
    dilations: [1, 1, 1, 1],
    data_format: 'NHWC',
  };
  const same = { ...common, padding: 'SAME' };
  const valid = { ...common, padding: 'VALID' };
  const [rows, columns] = padding;
  const explicit = {
    ...common,
    padding: 'EXPLICIT',
    explicit_paddings: [0, 0, rows, rows, columns, columns, 0, 0],
  };
  const unpadded = rows === 0 && columns === 0;
  if (unpadded || isSymmetric(size, stride)) {
    const attributes = unpadded ? valid : same;
    return {
      weight,
      forward: (x, w) => kernel('Conv2D', attributes, [x, w]),
      inputGradient: (x, w, dOut) =>
        kernel('Conv2DBackpropInput', attributes, [constantIntegers(x.shape), w, dOut]),
      weightGradient: (x, w, dOut) =>
        kernel('Conv2DBackpropFilter', attributes, [x, constantIntegers(w.shape), dOut]),
    };
  }
  return {
    weight,
    forward: (x, w) => kernel('Conv2D', explicit, [x, w]),
    inputGradient: (x, w, dOut) =>
      throughPadding(x, padding, (shape) => kernel('Conv2DBackpropInput', valid, [shape, w, dOut])),
    weightGradient: (x, w, dOut) => {
      const padded = padImage(x, padding);
      const dW = kernel('Conv2DBackpropFilter', valid, [padded, constantIntegers(w.shape), dOut]);
      padded.dispose();
      return dW;
    },
  };
}

/** TensorFlow's SAME pads both sides alike when the kernel is odd and every pixel has an output. */
export function isSymmetric(size: readonly [number, number], stride: readonly [number, number]): boolean {
  return stride.every((step) => step === 1) && size.every((extent) => extent % 2 === 1);
}

/** x with zeros above and below, left and right. */
export function padImage(x: Tensor, [rows, columns]: readonly [number, number]): Tensor {
  return pad(x, [
    [0, 0],
    [rows, rows],
    [columns, columns],
    [0, 0],
  ]);
}

/** The gradient of x out of the padded x's, which `gradient` computes for the shape that it is given. */
export function throughPadding(
  x: Tensor,
  [rows, columns]: readonly [number, number],
  gradient: (paddedShape: Tensor) => Tensor,
): Tensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const shape = [batch, height + 2 * rows, width + 2 * columns, channels];
  const padded = gradient(constantIntegers(shape));
  const dX = slice(padded, [0, rows, columns, 0], x.shape);
  padded.dispose();
  return dX;
}
