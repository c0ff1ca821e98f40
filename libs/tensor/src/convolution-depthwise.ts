import { backend } from './backend.js';
import type { Convolution, ConvolutionGeometry } from './convolution.js';
import { depthwiseByForward } from './convolution-depthwise-forward.js';
import { depthwiseByGradients } from './convolution-depthwise-gradients.js';

/** A depthwise convolution with an odd kernel, done as suits the device. */
export function depthwiseConvolution(geometry: ConvolutionGeometry): Convolution {
  const onCpu = depthwiseByForward(geometry);
  const elsewhere = depthwiseByGradients(geometry);
  const chosen = () => (backend().oneDnn ? onCpu : elsewhere);
  return {
    weight: { kind: 'depthwise', shape: [...geometry.kernel, geometry.outChannels, 1] },
    forward: (x, w) => chosen().forward(x, w),
    inputGradient: (x, w, dOut) => chosen().inputGradient(x, w, dOut),
    weightGradient: (x, w, dOut) => chosen().weightGradient(x, w, dOut),
  };
}
