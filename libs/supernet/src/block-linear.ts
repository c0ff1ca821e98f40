import {
  biasAdd,
  matrixProduct,
  productWithTransposed,
  share,
  sumOver,
  type Tensor,
  transposedProduct,
} from '@nse/tensor';

import type { Block } from './block-pass.js';
import type { Gradients } from './gradients.js';
import type { Weights } from './weights.js';

/** x (batch, in) to (batch, out), with `<name>.weight` (in, out) and `<name>.bias`. */
export function linear(x: Tensor, weights: Weights, name: string): Tensor {
  const product = matrixProduct(x, weights.get(`${name}.weight`));
  const out = biasAdd(product, weights.get(`${name}.bias`));
  product.dispose();
  return out;
}

/** Adds weight and bias gradients where wanted; returns the gradient of x. */
export function linearGradients(
  x: Tensor,
  dOut: Tensor,
  weights: Weights,
  name: string,
  gradients?: Gradients,
): Tensor {
  gradients?.add(`${name}.weight`, transposedProduct(x, dOut));
  gradients?.add(`${name}.bias`, sumOver(dOut, [0]));
  return productWithTransposed(dOut, weights.get(`${name}.weight`));
}

/** The classifier. */
export function linearBlock(name: string, inputs: number, outputs: number): Block {
  return {
    places: [
      { name: `${name}.weight`, shape: [inputs, outputs], kind: 'linear' },
      { name: `${name}.bias`, shape: [outputs], kind: 'bias', fanIn: inputs },
    ],
    train: (x, weights) => {
      const kept = share(x);
      const backward = (dOut: Tensor, gradients?: Gradients): Tensor => {
        const dX = linearGradients(kept, dOut, weights, name, gradients);
        kept.dispose();
        return dX;
      };
      return {
        out: linear(x, weights, name),
        backward,
        backwardFirst: (dOut, gradients) => backward(dOut, gradients).dispose(),
        dispose: () => kept.dispose(),
      };
    },
    run: (x, weights) => linear(x, weights, name),
  };
}
