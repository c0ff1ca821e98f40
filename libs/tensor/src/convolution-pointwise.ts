import type { Tensor } from '@tensorflow/tfjs-core';

import { reshape } from './arrange.js';
import { dispose } from './arithmetic.js';
import type { Convolution, ConvolutionGeometry } from './convolution.js';
import { matrixProduct, productWithTransposed, transposedProduct } from './matrix.js';

/** A 1x1 convolution as matrix products over all pixels, which TensorFlow does faster. */
export function pointwiseConvolution({ inChannels, outChannels }: ConvolutionGeometry): Convolution {
  return {
    weight: { kind: 'pointwise', shape: [inChannels, outChannels] },
    forward: (x, w) => overPixels(x, (pixels) => matrixProduct(pixels, w)),
    inputGradient: (_x, w, dOut) => overPixels(dOut, (pixels) => productWithTransposed(pixels, w)),
    weightGradient: (x, _w, dOut) => {
      const [pixels, dPixels] = [pixelsOf(x), pixelsOf(dOut)];
      const dW = transposedProduct(pixels, dPixels);
      dispose(pixels, dPixels);
      return dW;
    },
  };
}

/** x (batch, height, width, channels) as (pixels, channels), through `change`, as an image again. */
function overPixels(x: Tensor, change: (pixels: Tensor) => Tensor): Tensor {
  const pixels = pixelsOf(x);
  const changed = change(pixels);
  const image = reshape(changed, [...x.shape.slice(0, 3), ...changed.shape.slice(1)]);
  dispose(pixels, changed);
  return image;
}

function pixelsOf(x: Tensor): Tensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  return reshape(x, [batch * height * width, channels]);
}
