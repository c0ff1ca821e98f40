import { type Activation, type Layer, type MacroNetwork, stemLayer, tailLayer } from '@nse/space';
import {
  type Convolution,
  convolution,
  dispose,
  globalAverage,
  globalAverageGradient,
  share,
  type Tensor,
} from '@nse/tensor';

import { activate, activationGradient, trainActivation } from './block-activation.js';
import { chain } from './block-chain.js';
import { layerBlock } from './block-layer.js';
import { linearBlock } from './block-linear.js';
import type { Block, Pass } from './block-pass.js';
import type { Gradients } from './gradients.js';
import type { Weights } from './weights.js';

/** The stem: 3x3 convolution, batch norm, activation. Weights `stem.conv.weight`, `stem.bn...`. */
export function stemBlock(network: MacroNetwork, activation: Activation = 'relu'): Block {
  return layerBlock('stem', { ...stemLayer(network), activation });
}

/**
 * The tail: 1x1 convolution without batch norm, activation, global average pool, linear classifier; (batch, classes).
 * Weights `tail.conv.weight`, `tail.linear.{weight,bias}`.
 */
export function tailBlock(network: MacroNetwork, activation: Activation = 'relu'): Block {
  const layer = tailLayer(network);
  return chain([
    pooledConvolutionBlock('tail', { ...layer, activation }),
    linearBlock('tail.linear', layer.outChannels, network.classes),
  ]);
}

/** Convolution, activation, global average: (batch, channels). */
function pooledConvolutionBlock(name: string, layer: Layer): Block {
  const conv = convolution(layer);
  return {
    places: [{ name: `${name}.conv.weight`, ...conv.weight }],
    train: (x, weights) => trainPooled(name, layer, conv, x, weights),
    run: (x, weights) => {
      const active = activate(conv.forward(x, weights.get(`${name}.conv.weight`)), layer.activation);
      const out = globalAverage(active);
      active.dispose();
      return out;
    },
  };
}

function trainPooled(
  name: string,
  { activation }: Layer,
  conv: Convolution,
  x: Tensor,
  weights: Weights,
): Pass {
  const weight = `${name}.conv.weight`;
  const { out: active, kept } = trainActivation(conv.forward(x, weights.get(weight)), activation);
  const out = globalAverage(active);
  active.dispose();
  const keptX = share(x);
  const release = () => dispose(keptX, kept);
  const backward = (dOut: Tensor, gradients?: Gradients): Tensor => {
    const dActive = globalAverageGradient(dOut, active.shape);
    const dY = activationGradient(activation, dActive, kept);
    gradients?.add(weight, conv.weightGradient(keptX, weights.get(weight), dY));
    const dX = conv.inputGradient(keptX, weights.get(weight), dY);
    dispose(dActive, dY);
    release();
    return dX;
  };
  return {
    out,
    backward,
    backwardFirst: (dOut, gradients) => backward(dOut, gradients).dispose(),
    dispose: release,
  };
}
