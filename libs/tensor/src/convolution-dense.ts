import { pad, slice } from './arrange.js';
import type { Convolution, ConvolutionGeometry } from './convolution.js';
import { type Attributes, FLOAT, kernel } from './kernel.js';
import { constantIntegers } from './tensor.js';

/**
 * A full or grouped convolution with an odd kernel. Gradients with explicit padding would fall back from oneDNN to a kernel
 * that takes two to three times as long; so SAME where it pads both sides alike, and else gradients of the padded input.
 */
export function denseConvolution(geometry: ConvolutionGeometry): Convolution {
  const { kernel: size, stride, inChannels, outChannels, groups } = geometry;
  const common = { T: FLOAT, strides: [1, ...stride, 1], dilations: [1, 1, 1, 1], data_format: 'NHWC' };
  const strided = stride[0] > 1 || stride[1] > 1;
  return {
    weight: { kind: 'convolution', shape: [...size, inChannels / groups, outChannels] },
    ...(strided ? paddedFirst(geometry, common) : paddedByKernel({ ...common, padding: 'SAME' })),
  };
}

function paddedByKernel(attributes: Attributes): Omit<Convolution, 'weight'> {
  return {
    forward: (x, w) => kernel('Conv2D', attributes, [x, w]),
    inputGradient: (x, w, dOut) =>
      kernel('Conv2DBackpropInput', attributes, [constantIntegers(x.shape), w, dOut]),
    weightGradient: (x, w, dOut) =>
      kernel('Conv2DBackpropFilter', attributes, [x, constantIntegers(w.shape), dOut]),
  };
}

function paddedFirst(
  { padding: [rows, columns] }: ConvolutionGeometry,
  common: Attributes,
): Omit<Convolution, 'weight'> {
  const margins = [
    [0, 0],
    [rows, rows],
    [columns, columns],
    [0, 0],
  ] as const;
  const explicit = { ...common, padding: 'EXPLICIT', explicit_paddings: margins.flat() };
  const valid = { ...common, padding: 'VALID' };
  return {
    forward: (x, w) => kernel('Conv2D', explicit, [x, w]),
    inputGradient: (x, w, dOut) => {
      const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
      const shape = constantIntegers([batch, height + 2 * rows, width + 2 * columns, channels]);
      const padded = kernel('Conv2DBackpropInput', valid, [shape, w, dOut]);
      const dX = slice(padded, [0, rows, columns, 0], x.shape);
      padded.dispose();
      return dX;
    },
    weightGradient: (x, w, dOut) => {
      const padded = pad(x, margins);
      const dW = kernel('Conv2DBackpropFilter', valid, [padded, constantIntegers(w.shape), dOut]);
      padded.dispose();
      return dW;
    },
  };
}
