import type { Tensor } from '@tensorflow/tfjs-core';

import { FLOAT, INT32, kernel } from './kernel.js';
import { constantIntegers } from './tensor.js';

const RESHAPE = { T: FLOAT, Tshape: INT32 };
const PAD = { T: FLOAT, Tpaddings: INT32 };
const SLICE = { T: FLOAT, Index: INT32 };
const REVERSE = { T: FLOAT, Tidx: INT32 };

/** The same numbers under another shape, without a copy. The caller owns the result, as with all of these. */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  return kernel('Reshape', RESHAPE, [x, constantIntegers(shape)]);
}

/** Zeros around x: (before, after) for each axis. */
export function pad(x: Tensor, margins: readonly (readonly [number, number])[]): Tensor {
  return kernel('Pad', PAD, [x, constantIntegers(margins.flat(), [margins.length, 2])]);
}

/** The part of x of that size from `begin` on. Without a copy where only the first axis is cut and memory is aligned. */
export function slice(x: Tensor, begin: readonly number[], size: readonly number[]): Tensor {
  return kernel('Slice', SLICE, [x, constantIntegers(begin), constantIntegers(size)]);
}

/** x with these axes backwards. */
export function reverse(x: Tensor, axes: readonly number[]): Tensor {
  return kernel('ReverseV2', REVERSE, [x, constantIntegers(axes)]);
}
