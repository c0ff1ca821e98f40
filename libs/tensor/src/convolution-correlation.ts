import type { Tensor } from '@tensorflow/tfjs-core';

import { addAll, dispose } from './arithmetic.js';
import { pad, reshape, slice } from './arrange.js';
import type { ConvolutionGeometry } from './convolution.js';
import { type Attributes, FLOAT, kernel } from './kernel.js';

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
    const within = withinImage(geometry, x);
    const parts = partSums(exchanged, stackOf(within, x, dOut), x, dOut);
    const sum = addAll(parts);
    // A stride may leave rows or columns over at the end.
    const found = slice(sum, [0, 0, 0, 0], [1, ...within.kernel, sum.shape[3] ?? 0]);
    const [rows, columns] = [(size[0] - within.kernel[0]) / 2, (size[1] - within.kernel[1]) / 2];
    const whole = pad(found, margins([rows, rows], [columns, columns]));
    dispose(...parts, sum, found);
    return flat(whole, [...size, geometry.outChannels, 1]);
  };
}

/** The convolution without the weights that only ever meet padding, as the image is too small for them. */
function withinImage(geometry: ConvolutionGeometry, x: Tensor): ConvolutionGeometry {
  const [, height = 0, width = 0] = x.shape;
  const { kernel: size, dilation } = geometry;
  const taps = (axis: 0 | 1, extent: number) =>
    Math.min(Math.floor(size[axis] / 2), Math.floor((extent - 1) / dilation));
  const [rows, columns] = [taps(0, height), taps(1, width)];
  return {
    ...geometry,
    kernel: [2 * rows + 1, 2 * columns + 1],
    padding: [rows * dilation, columns * dilation],
  };
}

/** Images below one another; neighbours share the padding between them. */
interface Stack {
  /** Rows from one image of x to the next, and of dOut: `stride` times fewer. */
  readonly pitch: number;
  readonly outPitch: number;
  /** Rows of one image that the weights meet on their way over it, and columns, padding included. */
  readonly rows: number;
  readonly columns: number;
  /** Of x, (above, left). */
  readonly padding: readonly [number, number];
}

function stackOf(
  { kernel: size, stride, dilation, padding }: ConvolutionGeometry,
  x: Tensor,
  dOut: Tensor,
): Stack {
  const [, height = 0, width = 0] = x.shape;
  const [, outHeight = 0, outWidth = 0] = dOut.shape;
  const met = (axis: 0 | 1, outSize: number) =>
    (outSize - 1) * stride[axis] + dilation * (size[axis] - 1) + 1;
  const rows = met(0, outHeight);
  // The rows that an image needs without the padding above it, which the image before provides.
  const outPitch = Math.ceil((Math.max(rows, height + 2 * padding[0]) - padding[0]) / stride[0]);
  return {
    pitch: outPitch * stride[0],
    outPitch,
    rows,
    columns: Math.max(met(1, outWidth), width + padding[1]),
    padding,
  };
}

/** The sums of chunks of images, each (1, kernel height or more, kernel width or more, channels). */
function partSums(exchanged: Attributes, stack: Stack, x: Tensor, dOut: Tensor): Tensor[] {
  const { pitch, outPitch, rows, columns, padding } = stack;
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const [, outHeight = 0, outWidth = 0] = dOut.shape;
  const [above, left] = padding;
  const gap = outPitch - outHeight;
  const around = margins([above, pitch - height - above], [left, columns - width - left]);
  // One image of zeros more: the last one's padding below.
  const padded = pad(x, [[0, 1], ...around.slice(1)]);
  const tall = flat(padded, [(batch + 1) * pitch, columns, channels]);
  const kernels = flat(pad(dOut, margins([0, gap], [0, 0])), [batch * outPitch, outWidth, channels, 1]);
  const images = Math.max(1, Math.floor(CHUNK_BYTES / (pitch * columns * channels * FLOAT_BYTES)));
  const parts: Tensor[] = [];
  for (let first = 0; first < batch; first += images) {
    const count = Math.min(images, batch - first);
    const inRows = (count - 1) * pitch + rows;
    const part = flat(slice(tall, [first * pitch, 0, 0], [inRows, columns, channels]), [
      1,
      inRows,
      columns,
      channels,
    ]);
    const outRows = count * outPitch - gap;
    const dPart = slice(kernels, [first * outPitch, 0, 0, 0], [outRows, outWidth, channels, 1]);
    parts.push(kernel('DepthwiseConv2dNative', exchanged, [part, dPart]));
    dispose(part, dPart);
  }
  dispose(tall, kernels);
  return parts;
}

type Margin = readonly [number, number];

function margins(rows: Margin, columns: Margin): readonly Margin[] {
  return [[0, 0], rows, columns, [0, 0]];
}

/** The tensor under another shape; it is consumed. */
function flat(x: Tensor, shape: readonly number[]): Tensor {
  const result = reshape(x, shape);
  x.dispose();
  return result;
}
