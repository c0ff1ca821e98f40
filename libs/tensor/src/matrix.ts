import type { Tensor } from '@tensorflow/tfjs-core';

import { FLOAT, INT32, kernel } from './kernel.js';
import { constantIntegers } from './tensor.js';

const PLAIN = { transpose_a: false, transpose_b: false, T: FLOAT };
const SECOND_TRANSPOSED = { transpose_a: false, transpose_b: true, T: FLOAT };
const FIRST_TRANSPOSED = { transpose_a: true, transpose_b: false, T: FLOAT };
const TRANSPOSE = { T: FLOAT, Tperm: INT32 };

/** (n, k) times (k, m). The caller owns the result, as with all of these. */
export function matrixProduct(a: Tensor, b: Tensor): Tensor {
  return kernel('MatMul', PLAIN, [a, b]);
}

/** (n, k) times the transpose of (m, k). */
export function productWithTransposed(a: Tensor, b: Tensor): Tensor {
  return kernel('MatMul', SECOND_TRANSPOSED, [a, b]);
}

/** The transpose of (k, n) times (k, m), for many k: the side with fewer columns goes first, which is faster. */
export function transposedProduct(a: Tensor, b: Tensor): Tensor {
  if ((a.shape[1] ?? 0) <= (b.shape[1] ?? 0)) return kernel('MatMul', FIRST_TRANSPOSED, [a, b]);
  const turned = kernel('MatMul', FIRST_TRANSPOSED, [b, a]);
  const product = kernel('Transpose', TRANSPOSE, [turned, constantIntegers([1, 0])]);
  turned.dispose();
  return product;
}
