import type { Tensor } from '@tensorflow/tfjs-core';

import { everyNth, spread } from './arrange.js';
import type { Convolution, ConvolutionGeometry } from './convolution.js';
import { depthwiseAttributes } from './convolution-depthwise-forward.js';
import { dilatedForward, dilatedInputGradient, dilatedWeightGradient } from './convolution-dilated.js';
import { kernel } from './kernel.js';
import { constantIntegers } from './tensor.js';

/** A depthwise convolution by TensorFlow's own kernels and their gradients, which know no dilation: for a GPU. */
export function depthwiseByGradients(geometry: ConvolutionGeometry): Omit<Convolution, 'weight'> {
  if (geometry.dilation > 1) return dilatedByGradients(geometry);
  const attributes = depthwiseAttributes(geometry);
  return {
    forward: (x, w) => kernel('DepthwiseConv2dNative', attributes, [x, w]),
    inputGradient: (x, w, dOut) =>
      kernel('DepthwiseConv2dNativeBackpropInput', attributes, [constantIntegers(x.shape), w, dOut]),
    weightGradient: (x, w, dOut) =>
      kernel('DepthwiseConv2dNativeBackpropFilter', attributes, [x, constantIntegers(w.shape), dOut]),
  };
}

/** A stride takes every stride-th pixel of what comes out without one. */
function dilatedByGradients({ dilation, stride }: ConvolutionGeometry): Omit<Convolution, 'weight'> {
  const strided = stride[0] > 1 || stride[1] > 1;
  const throughSpread = (x: Tensor, dOut: Tensor, gradient: (dense: Tensor) => Tensor): Tensor => {
    if (!strided) return gradient(dOut);
    const dense = spread(dOut, stride, x.shape);
    const result = gradient(dense);
    dense.dispose();
    return result;
  };
  return {
    forward: (x, w) => {
      const out = dilatedForward(x, w, dilation);
      if (!strided) return out;
      const taken = everyNth(out, stride);
      out.dispose();
      return taken;
    },
    inputGradient: (x, w, dOut) =>
      throughSpread(x, dOut, (dense) => dilatedInputGradient(w, dense, dilation)),
    weightGradient: (x, w, dOut) =>
      throughSpread(x, dOut, (dense) => dilatedWeightGradient(x, w, dense, dilation)),
  };
}
