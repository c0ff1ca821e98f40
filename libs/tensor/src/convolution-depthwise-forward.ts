import type { Tensor } from '@tensorflow/tfjs-core';

import { reverse, spread } from './arrange.js';
import { dispose } from './arithmetic.js';
import type { Convolution, ConvolutionGeometry } from './convolution.js';
import { correlation } from './convolution-correlation.js';
import { FLOAT, kernel } from './kernel.js';
import { constantIntegers } from './tensor.js';

/**
 * A depthwise convolution on oneDNN, which is fast at forward convolutions of every kind and slow at many gradients. So
 * gradients are expressed by forward convolutions, but for weight gradients of small kernels.
 */
export function depthwiseByForward(geometry: ConvolutionGeometry): Omit<Convolution, 'weight'> {
  const { stride } = geometry;
  const forward = depthwiseAttributes(geometry);
  const turned = depthwiseAttributes({ ...geometry, stride: [1, 1] });
  const strided = stride[0] > 1 || stride[1] > 1;
  const correlate = correlation(geometry);
  return {
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

export function depthwiseAttributes({ stride, padding: [rows, columns], dilation }: ConvolutionGeometry) {
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
