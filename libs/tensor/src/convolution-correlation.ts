import type { Tensor } from '@tensorflow/tfjs-core';

import { addAll, dispose } from './arithmetic.js';
import { pad, reshape, slice } from './arrange.js';
import type { ConvolutionGeometry } from './convolution.js';
import { FLOAT, kernel } from './kernel.js';

/** Input that is taken at a time: measured best while a few of these fit the processor's caches. */
const CHUNK_BYTES = 2_000_000;
const FLOAT_BYTES = 4;

/**
 * The weight gradient of a depthwise convolution as a forward one with the roles exchanged: dW(i, j) sums
 * x(s*h + d*i, s*w + d*j) * dOut(h, w) over all pixels of all images, and that is the convolution of x by the kernel dOut
 * with stride d and dilation s. The images of a chunk lie below one another in one tall image, so that their sum comes out
 * by itself. With 5 columns and more it takes half the time of TensorFlow's own, and it knows dilation.
 */
export function correlation(geometry: ConvolutionGeometry): (x: Tensor, dOut: Tensor) => Tensor {
  const { stride, dilation } = geometry;
  const exchanged = {
    T: FLOAT,
    strides: [1, dilation, dilation, 1],
    dilations: [1, ...stride, 1],
    data_format: 'NHWC',
    padding: 'VALID',
  };
  return (x, dOut) => {
    const within = withinImage(geometry, x);
    const parts = stacked(within, x, dOut).map(([image, kernels]) => {
      const part = kernel('DepthwiseConv2dNative', exchanged, [image, kernels]);
      dispose(image, kernels);
      return part;
    });
    const sum = addAll(parts);
    const dW = shaped(sum, within, geometry);
    dispose(...parts, sum);
    return dW;
  };
}

/** The convolution without the weights that only ever meet padding, as the image is too small for them. */
function withinImage(geometry: ConvolutionGeometry, x: Tensor): ConvolutionGeometry {
  const [, height = 0, width = 0] = x.shape;
  const { kernel: size, padding, dilation } = geometry;
  const taps = (axis: 0 | 1, extent: number) =>
    Math.min(Math.floor(size[axis] / 2), Math.floor((extent - 1) / dilation));
  const [rows, columns] = [taps(0, height), taps(1, width)];
  return {
    ...geometry,
    kernel: [2 * rows + 1, 2 * columns + 1],
    padding: [Math.min(padding[0], rows * dilation), Math.min(padding[1], columns * dilation)],
  };
}

/**
 * Chunks of x, (1, rows, columns, channels), each with its dOut, (rows, columns, channels, 1). Neighbouring images share
 * the padding between them.
 */
function stacked(geometry: ConvolutionGeometry, x: Tensor, dOut: Tensor): [Tensor, Tensor][] {
  const { padding, stride } = geometry;
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const [, outHeight = 0, outWidth = 0] = dOut.shape;
  const [above, left] = padding;
  // Rows from one image to the next, in steps of dOut's rows.
  const outPitch = Math.ceil(Math.max(met(geometry, 0, outHeight) - above, height + above) / stride[0]);
  const pitch = outPitch * stride[0];
  const columns = Math.max(met(geometry, 1, outWidth), width + left);
  // One image of zeros more: the last one's padding below.
  const margins = [
    [0, 1],
    [above, pitch - height - above],
    [left, columns - width - left],
    [0, 0],
  ] as const;
  const image = flat(pad(x, margins), [(batch + 1) * pitch, columns, channels]);
  const gap = outPitch - outHeight;
  const kernels = flat(
    pad(dOut, [
      [0, 0],
      [0, gap],
      [0, 0],
      [0, 0],
    ]),
    [batch * outPitch, outWidth, channels, 1],
  );
  const perChunk = Math.max(1, Math.floor(CHUNK_BYTES / (pitch * columns * channels * FLOAT_BYTES)));
  const chunks: [Tensor, Tensor][] = [];
  for (let first = 0; first < batch; first += perChunk) {
    const count = Math.min(perChunk, batch - first);
    const inRows = (count - 1) * pitch + met(geometry, 0, outHeight);
    const outRows = count * outPitch - gap;
    const part = slice(image, [first * pitch, 0, 0], [inRows, columns, channels]);
    const dPart = slice(kernels, [first * outPitch, 0, 0, 0], [outRows, outWidth, channels, 1]);
    chunks.push([flat(part, [1, inRows, columns, channels]), dPart]);
  }
  dispose(image, kernels);
  return chunks;
}

/** Rows (axis 0) or columns (axis 1) of the padded image that the weights meet on their way over it. */
function met({ kernel: size, stride, dilation }: ConvolutionGeometry, axis: 0 | 1, outSize: number): number {
  return (outSize - 1) * stride[axis] + dilation * (size[axis] - 1) + 1;
}

/** The sum, (1, rows, columns, channels), as the gradient of the weight, which is zero where weights meet padding only. */
function shaped(sum: Tensor, within: ConvolutionGeometry, { kernel: size }: ConvolutionGeometry): Tensor {
  const [rows, columns] = within.kernel;
  const channels = sum.shape[3] ?? 0;
  // A stride may leave rows or columns over at the end.
  const found = slice(sum, [0, 0, 0, 0], [1, rows, columns, channels]);
  const [above, left] = [(size[0] - rows) / 2, (size[1] - columns) / 2];
  const whole = pad(found, [
    [0, 0],
    [above, above],
    [left, left],
    [0, 0],
  ]);
  found.dispose();
  return flat(whole, [...size, channels, 1]);
}

/** The tensor under another shape; it is consumed. */
function flat(x: Tensor, shape: readonly number[]): Tensor {
  const result = reshape(x, shape);
  x.dispose();
  return result;
}
