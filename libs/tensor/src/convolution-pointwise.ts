import type { Tensor } from '@tensorflow/tfjs-core';

import { reshape } from './arrange.js';
import { dispose } from './arithmetic.js';
import type { Convolution } from './convolution.js';
import { matrixProduct, productWithTransposed, transposedProduct } from './matrix.js';

/** A 1x1 convolution as matrix products over all pixels, which TensorFlow does faster. */
export const pointwiseConvolution: Convolution = {
  forward: (x, w) => shaped(matrixProduct, x, w, [...x.shape.slice(0, 3), w.shape[3] ?? 0]),
  inputGradient: (x, w, dOut) => shaped(productWithTransposed, dOut, w, x.shape),
  weightGradient: (x, w, dOut) => shaped(transposedProduct, x, dOut, w.shape),
};

/** A product of two tensors as matrices, (all but the last axis, last axis), under that shape. */
function shaped(
  product: (a: Tensor, b: Tensor) => Tensor,
  a: Tensor,
  b: Tensor,
  shape: readonly number[],
): Tensor {
  const left = asMatrix(a);
  const right = asMatrix(b);
  const matrix = product(left, right);
  const result = reshape(matrix, shape);
  dispose(left, right, matrix);
  return result;
}

function asMatrix(x: Tensor): Tensor {
  const columns = x.shape.at(-1) ?? 1;
  return reshape(x, [x.size / columns, columns]);
}
