import type { Tensor } from '@tensorflow/tfjs-core';

import { FLOAT, kernel } from './kernel.js';

const PLAIN = { transpose_a: false, transpose_b: false, T: FLOAT };
const SECOND_TRANSPOSED = { transpose_a: false, transpose_b: true, T: FLOAT };
const FIRST_TRANSPOSED = { transpose_a: true, transpose_b: false, T: FLOAT };

/** (n, k) times (k, m). The caller owns the result. */
export function matrixProduct(a: Tensor, b: Tensor): Tensor {
  return kernel('MatMul', PLAIN, [a, b]);
}

/** (n, k) times the transpose of (m, k). */
export function productWithTransposed(a: Tensor, b: Tensor): Tensor {
  return kernel('MatMul', SECOND_TRANSPOSED, [a, b]);
}

/** The transpose of (k, n) times (k, m). */
export function transposedProduct(a: Tensor, b: Tensor): Tensor {
  return kernel('MatMul', FIRST_TRANSPOSED, [a, b]);
}
