import type { Tensor } from '@tensorflow/tfjs-core';

import { reshape } from './arrange.js';
import { dispose } from './arithmetic.js';
import type { Convolution } from './convolution.js';
import { FLOAT, kernel } from './kernel.js';
import { matrixProduct, productWithTransposed } from './matrix.js';
import { constantIntegers } from './tensor.js';

const PLAIN = {
  T: FLOAT,
  strides: [1, 1, 1, 1],
  dilations: [1, 1, 1, 1],
  data_format: 'NHWC',
  padding: 'VALID',
};

/**
 * A 1x1 convolution: forward and input gradient as matrix products over all pixels, which TensorFlow does faster;
 * the weight gradient as a convolution's, which is faster than the product of two tall matrices.
 */
export function pointwiseConvolution(): Convolution {
  return {
    forward: (x, w) => overPixels(x, w, matrixProduct),
    inputGradient: (_x, w, dOut) => overPixels(dOut, w, productWithTransposed),
    weightGradient: (x, w, dOut) =>
      kernel('Conv2DBackpropFilter', PLAIN, [x, constantIntegers(w.shape), dOut]),
  };
}

/** `product` of x as (pixels, channels) and w as (in, out), as an image again. */
function overPixels(x: Tensor, w: Tensor, product: (a: Tensor, b: Tensor) => Tensor): Tensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const pixels = reshape(x, [batch * height * width, channels]);
  const matrix = reshape(w, w.shape.slice(2));
  const result = product(pixels, matrix);
  const image = reshape(result, [batch, height, width, result.shape[1] ?? 0]);
  dispose(pixels, matrix, result);
  return image;
}
