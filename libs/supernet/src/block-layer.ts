import type { Layer } from '@nse/space';
import { batchNormGradient, type Convolution, convolution, dispose, share, type Tensor } from '@nse/tensor';

import { activate, activationGradient, trainActivation } from './block-activation.js';
import { batchNormPlaces, normalise, trainNorm } from './block-norm.js';
import type { Block, Pass } from './block-pass.js';
import type { Gradients } from './gradients.js';
import type { Weights } from './weights.js';

/** A convolution, batch norm and its activation. Weights: `<name>.conv.weight`, `<name>.bn.{gamma,beta,mean,variance}`. */
export function layerBlock(name: string, layer: Layer): Block {
  const conv = convolution(layer);
  const withRelu = layer.activation === 'relu';
  return {
    places: [
      { name: `${name}.conv.weight`, ...conv.weight },
      ...batchNormPlaces(`${name}.bn`, layer.outChannels),
    ],
    train: (x, weights, { moving = true } = {}) => trainLayer(name, layer, conv, x, weights, moving),
    run: (x, weights, mode) => {
      const y = conv.forward(x, weights.get(`${name}.conv.weight`));
      const z = normalise(`${name}.bn`, y, weights, mode, withRelu);
      y.dispose();
      return withRelu ? z : activate(z, layer.activation);
    },
  };
}

/** x, then y = conv(x), z = norm(y), out = activation(z); the letters below are these tensors and d their gradients. */
function trainLayer(
  name: string,
  { activation }: Layer,
  conv: Convolution,
  x: Tensor,
  weights: Weights,
  moving: boolean,
): Pass {
  const keptX = share(x);
  const y = conv.forward(x, weights.get(`${name}.conv.weight`));
  const withRelu = activation === 'relu';
  const { out: z, saved } = trainNorm(`${name}.bn`, y, weights, moving, withRelu);
  const { out, kept } = withRelu ? { out: z, kept: share(z) } : trainActivation(z, activation);

  const backwardToY = (dOut: Tensor, gradients?: Gradients): Tensor => {
    const dZ = activationGradient(activation, dOut, kept);
    const { dX: dY, dGamma, dBeta } = batchNormGradient(dZ, y, weights.get(`${name}.bn.gamma`), saved);
    // What is large and no longer needed goes at once.
    dispose(dZ === dOut ? undefined : dZ, y, kept, ...saved);
    if (gradients === undefined) {
      dispose(dGamma, dBeta);
      return dY;
    }
    gradients.add(`${name}.bn.gamma`, dGamma);
    gradients.add(`${name}.bn.beta`, dBeta);
    gradients.add(`${name}.conv.weight`, conv.weightGradient(keptX, weights.get(`${name}.conv.weight`), dY));
    return dY;
  };
  return {
    out,
    backward: (dOut, gradients) => {
      const dY = backwardToY(dOut, gradients);
      const dX = conv.inputGradient(keptX, weights.get(`${name}.conv.weight`), dY);
      dispose(dY, keptX);
      return dX;
    },
    backwardFirst: (dOut, gradients) => dispose(backwardToY(dOut, gradients), keptX),
    dispose: () => dispose(keptX, y, kept, ...saved),
  };
}
