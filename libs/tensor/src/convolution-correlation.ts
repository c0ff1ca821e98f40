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
  const { kernel: size, stride, dilation } = geometry;
  const exchanged = {
    T: FLOAT,
    strides: [1, dilation, dilation, 1],
    dilations: [1, ...stride, 1],
    data_format: 'NHWC',
    padding: 'VALID',
  };
  return (x, dOut) => {
    const chunks = stacked(geometry, x, dOut);
    const parts = chunks.map(([image, kernels]) => {
      const part = kernel('DepthwiseConv2dNative', exchanged, [image, kernels]);
      dispose(image, kernels);
      return part;
    });
    const channels = x.shape[3] ?? 0;
    const sum = addAll(parts);
    // Where the stride leaves rows over, there are more results than weights.
    const cut = slice(sum, [0, 0, 0, 0], [1, ...size, channels]);
    const dW = reshape(cut, [...size, channels, 1]);
    dispose(...parts, sum, cut);
    return dW;
  };
}

/** Chunks of x, (1, images * pitch, columns, channels), each with its dOut, (rows, columns, channels, 1). */
function stacked(geometry: ConvolutionGeometry, x: Tensor, dOut: Tensor): [Tensor, Tensor][] {
  const { padding, stride } = geometry;
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const [, outHeight = 0, outWidth = 0] = dOut.shape;
  // Rows from one image to the next, in steps of dOut's rows.
  const outPitch = Math.ceil(extent(geometry, 0, height, outHeight) / stride[0]);
  const pitch = outPitch * stride[0];
  const columns = extent(geometry, 1, width, outWidth);
  const image = pad(x, [
    [0, 0],
    [padding[0], pitch - height - padding[0]],
    [padding[1], columns - width - padding[1]],
    [0, 0],
  ]);
  const gap = outPitch - outHeight;
  const spaced = pad(dOut, [
    [0, 0],
    [0, gap],
    [0, 0],
    [0, 0],
  ]);
  const kernels = reshape(spaced, [batch * outPitch, outWidth, channels, 1]);
  const perChunk = Math.max(1, Math.floor(CHUNK_BYTES / (pitch * columns * channels * FLOAT_BYTES)));
  const chunks: [Tensor, Tensor][] = [];
  for (let first = 0; first < batch; first += perChunk) {
    const count = Math.min(perChunk, batch - first);
    const images = slice(image, [first, 0, 0, 0], [count, pitch, columns, channels]);
    const tall = reshape(images, [1, count * pitch, columns, channels]);
    images.dispose();
    const rows = count * outPitch - gap;
    chunks.push([tall, slice(kernels, [first * outPitch, 0, 0, 0], [rows, outWidth, channels, 1])]);
  }
  dispose(image, spaced, kernels);
  return chunks;
}

/** Rows (axis 0) or columns (axis 1) of the padded image that some weight meets, and at least those of the image itself. */
function extent(
  { kernel: size, stride, padding, dilation }: ConvolutionGeometry,
  axis: 0 | 1,
  inSize: number,
  outSize: number,
): number {
  const met = (outSize - 1) * stride[axis] + dilation * (size[axis] - 1) + 1;
  return Math.max(met, inSize + padding[axis]);
}
