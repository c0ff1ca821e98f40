import type { Tensor } from '@tensorflow/tfjs-core';

import { pad, reshape, reverse, slice } from './arrange.js';
import { dispose } from './arithmetic.js';
import type { Convolution, ConvolutionGeometry } from './convolution.js';
import { correlation } from './convolution-correlation.js';
import { FLOAT, kernel } from './kernel.js';
import { constantIntegers } from './tensor.js';

/**
 * A depthwise convolution with an odd kernel. TensorFlow's own gradients know no dilation and are slow where oneDNN has no
 * kernel for them. So gradients are expressed by forward convolutions, which are fast and have everything, but for weight
 * gradients of small kernels.
 */
export function depthwiseConvolution(geometry: ConvolutionGeometry): Convolution {
  const { kernel: size, stride, outChannels } = geometry;
  const forward = forwardAttributes(geometry);
  const turned = forwardAttributes({ ...geometry, stride: [1, 1] });
  const strided = stride[0] > 1 || stride[1] > 1;
  const correlate = correlation(geometry);
  return {
    weight: { kind: 'depthwise', shape: [...size, outChannels, 1] },
    forward: (x, w) => kernel('DepthwiseConv2dNative', forward, [x, w]),
    inputGradient: (x, w, dOut) => {
      const dense = strided ? spread(dOut, stride, x.shape) : dOut;
      const turnedW = reverse(w, [0, 1]);
      const dX = kernel('DepthwiseConv2dNative', turned, [dense, turnedW]);
      dispose(turnedW, strided ? dense : undefined);
      return dX;
    },
    weightGradient: (x, w, dOut) =>
      isNativeFaster(geometry, strided, x)
        ? kernel('DepthwiseConv2dNativeBackpropFilter', forward, [x, constantIntegers(w.shape), dOut])
        : correlate(x, dOut),
  };
}

/** As measured: oneDNN is fast for up to 3 columns of weights in all but the smallest images; 5 are on a par with a stride. */
function isNativeFaster(
  { kernel: size, dilation }: ConvolutionGeometry,
  strided: boolean,
  x: Tensor,
): boolean {
  return dilation === 1 && size[1] <= (strided ? 5 : 3) && (x.shape[2] ?? 0) > 2;
}

function forwardAttributes({ stride, padding: [rows, columns], dilation }: ConvolutionGeometry) {
  const common = {
    T: FLOAT,
    strides: [1, ...stride, 1],
    dilations: [1, dilation, dilation, 1],
    data_format: 'NHWC',
  };
  // With stride 1 SAME is the same, and its gradients are oneDNN's.
  if (stride[0] === 1 && stride[1] === 1) return { ...common, padding: 'SAME' };
  return { ...common, padding: 'EXPLICIT', explicit_paddings: [0, 0, rows, rows, columns, columns, 0, 0] };
}

/** What came out with a stride, at the places it came from in an image of that shape, with zeros between. */
function spread(dOut: Tensor, [down, right]: readonly [number, number], shape: readonly number[]): Tensor {
  const [batch = 0, rows = 0, columns = 0, channels = 0] = dOut.shape;
  // (batch * rows, 1, columns, channels) gets zero rows after each row and zero columns after each column.
  const apart = reshape(dOut, [batch * rows, 1, columns, channels]);
  const padded = pad(apart, [
    [0, 0],
    [0, down - 1],
    [0, 0],
    [0, (right - 1) * channels],
  ]);
  const image = reshape(padded, [batch, rows * down, columns * right, channels]);
  const cut = slice(image, [0, 0, 0, 0], shape);
  dispose(apart, padded, image);
  return cut;
}
