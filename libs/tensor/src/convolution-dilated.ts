import type { Tensor } from '@tensorflow/tfjs-core';

import { dispose } from './arithmetic.js';
import { FLOAT, INT32, kernel } from './kernel.js';
import { constantIntegers } from './tensor.js';

const SPACE_TO_BATCH = { T: FLOAT, Tblock_shape: INT32, Tpaddings: INT32 };
const BATCH_TO_SPACE = { T: FLOAT, Tblock_shape: INT32, Tcrops: INT32 };
const PLAIN = {
  T: FLOAT,
  strides: [1, 1, 1, 1],
  dilations: [1, 1, 1, 1],
  data_format: 'NHWC',
  padding: 'SAME',
};

/**
 * A depthwise convolution of stride 1 with a dilation, for devices whose kernels have none (GPU): every dilation-th pixel
 * makes an image of its own, and on those it is a plain convolution.
 */
export function dilatedForward(x: Tensor, w: Tensor, dilation: number): Tensor {
  return onSubImages(x, dilation, (images) => kernel('DepthwiseConv2dNative', PLAIN, [images, w]));
}

/** The gradient of x. */
export function dilatedInputGradient(w: Tensor, dOut: Tensor, dilation: number): Tensor {
  return onSubImages(dOut, dilation, (images) =>
    kernel('DepthwiseConv2dNativeBackpropInput', PLAIN, [constantIntegers(images.shape), w, images]),
  );
}

/** The gradient of w. */
export function dilatedWeightGradient(x: Tensor, w: Tensor, dOut: Tensor, dilation: number): Tensor {
  const images = toSubImages(x, dilation);
  const dImages = toSubImages(dOut, dilation);
  const shape = constantIntegers(w.shape);
  const dW = kernel('DepthwiseConv2dNativeBackpropFilter', PLAIN, [images, shape, dImages]);
  dispose(images, dImages);
  return dW;
}

function onSubImages(x: Tensor, dilation: number, change: (images: Tensor) => Tensor): Tensor {
  const images = toSubImages(x, dilation);
  const changed = change(images);
  const block = constantIntegers([dilation, dilation]);
  const crops = constantIntegers(margins(x, dilation), [2, 2]);
  const result = kernel('BatchToSpaceND', BATCH_TO_SPACE, [changed, block, crops]);
  dispose(images, changed);
  return result;
}

function toSubImages(x: Tensor, dilation: number): Tensor {
  const block = constantIntegers([dilation, dilation]);
  const paddings = constantIntegers(margins(x, dilation), [2, 2]);
  return kernel('SpaceToBatchND', SPACE_TO_BATCH, [x, block, paddings]);
}

/** Zeros below and to the right that make the image divide into equal sub-images. */
function margins(x: Tensor, dilation: number): number[] {
  const [, height = 0, width = 0] = x.shape;
  const lacking = (size: number) => (dilation - (size % dilation)) % dilation;
  return [0, lacking(height), 0, lacking(width)];
}
