import type { Tensor } from '@tensorflow/tfjs-core';

import { FLOAT, INT32, kernel } from './kernel.js';
import { constantIntegers } from './tensor.js';

const RESHAPE = { T: FLOAT, Tshape: INT32 };
const PAD = { T: FLOAT, Tpaddings: INT32 };
const SLICE = { T: FLOAT, Index: INT32 };
const STRIDED_SLICE = {
  T: FLOAT,
  Index: INT32,
  begin_mask: { int: 0 },
  end_mask: { int: 0 },
  ellipsis_mask: { int: 0 },
  new_axis_mask: { int: 0 },
  shrink_axis_mask: { int: 0 },
};
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

/** Every so many rows and columns of an image, from the first on. */
export function everyNth(image: Tensor, [rows, columns]: readonly [number, number]): Tensor {
  const inputs = [[0, 0, 0, 0], image.shape, [1, rows, columns, 1]].map((values) => constantIntegers(values));
  return kernel('StridedSlice', STRIDED_SLICE, [image, ...inputs]);
}

/** The inverse: the pixels at their places in an image of that shape (batch, height, width, channels), zeros between. */
export function spread(
  pixels: Tensor,
  [down, right]: readonly [number, number],
  shape: readonly number[],
): Tensor {
  const [batch = 0, rows = 0, columns = 0, channels = 0] = pixels.shape;
  // As (batch * rows, 1, columns, channels) each row gets zero rows after it, and each column zero columns.
  const apart = reshape(pixels, [batch * rows, 1, columns, channels]);
  const padded = pad(apart, [
    [0, 0],
    [0, down - 1],
    [0, 0],
    [0, (right - 1) * channels],
  ]);
  const image = reshape(padded, [batch, rows * down, columns * right, channels]);
  const cut = slice(image, [0, 0, 0, 0], shape);
  for (const tensor of [apart, padded, image]) tensor.dispose();
  return cut;
}
