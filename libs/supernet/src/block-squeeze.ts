import type { Activation } from '@nse/space';
import {
  add,
  dispose,
  globalAverage,
  globalAverageGradient,
  multiply,
  reshape,
  share,
  sigmoid,
  sigmoidGradient,
  sumOver,
  type Tensor,
} from '@nse/tensor';

import { activationGradient, trainActivation } from './block-activation.js';
import { linear, linearGradients } from './block-linear.js';
import type { Block, Pass } from './block-pass.js';
import type { Gradients } from './gradients.js';
import type { Weights } from './weights.js';

/**
 * Squeeze-excitation (Hu et al., 2018): every channel is scaled by a gate, sigmoid(restore(activation(reduce(average)))),
 * with the operation's activation. Weights: `<name>.reduce.{weight,bias}`, `<name>.restore.{weight,bias}`.
 */
export function squeezeBlock(
  name: string,
  channels: number,
  squeezed: number,
  activation: Activation,
): Block {
  return {
    places: [
      { name: `${name}.reduce.weight`, shape: [channels, squeezed], kind: 'pointwise' },
      { name: `${name}.reduce.bias`, shape: [squeezed], kind: 'bias' },
      { name: `${name}.restore.weight`, shape: [squeezed, channels], kind: 'pointwise' },
      { name: `${name}.restore.bias`, shape: [channels], kind: 'bias' },
    ],
    train: (x, weights) => trainSqueeze(name, activation, x, weights),
    run: (x, weights) => {
      const { gate, ...inner } = gateOf(name, activation, x, weights);
      const out = scaled(x, gate);
      dispose(gate, ...Object.values(inner));
      return out;
    },
  };
}

/** average and gate (batch, channels); inner, and what its activation's gradient needs, (batch, squeezed) */
interface Gate {
  readonly average: Tensor;
  readonly inner: Tensor;
  readonly kept: Tensor | undefined;
  readonly gate: Tensor;
}

function gateOf(name: string, activation: Activation, x: Tensor, weights: Weights): Gate {
  const average = globalAverage(x);
  const { out: inner, kept } = trainActivation(linear(average, weights, `${name}.reduce`), activation);
  const restored = linear(inner, weights, `${name}.restore`);
  const gate = sigmoid(restored);
  restored.dispose();
  return { average, inner, kept, gate };
}

function trainSqueeze(name: string, activation: Activation, x: Tensor, weights: Weights): Pass {
  const inside = gateOf(name, activation, x, weights);
  const keptX = share(x);
  const release = () => dispose(keptX, inside.average, inside.inner, inside.kept, inside.gate);

  /** The gradient of the average, (batch, channels). */
  const backwardThroughGate = (dOut: Tensor, gradients?: Gradients): Tensor => {
    const product = multiply(dOut, keptX);
    const dGate = sumOver(product, [1, 2]);
    const dRestored = sigmoidGradient(dGate, inside.gate);
    const dInner = linearGradients(inside.inner, dRestored, weights, `${name}.restore`, gradients);
    const dReduced = activationGradient(activation, dInner, inside.kept);
    const dAverage = linearGradients(inside.average, dReduced, weights, `${name}.reduce`, gradients);
    dispose(product, dGate, dRestored, dInner, dReduced);
    return dAverage;
  };
  const backward = (dOut: Tensor, gradients?: Gradients): Tensor => {
    const dAverage = backwardThroughGate(dOut, gradients);
    const direct = scaled(dOut, inside.gate);
    const throughGate = globalAverageGradient(dAverage, keptX.shape);
    const dX = add(direct, throughGate);
    dispose(dAverage, direct, throughGate);
    release();
    return dX;
  };
  return {
    out: scaled(x, inside.gate),
    backward,
    backwardFirst: (dOut, gradients) => backward(dOut, gradients).dispose(),
    dispose: release,
  };
}

/** x (batch, height, width, channels) times gate (batch, channels) */
function scaled(x: Tensor, gate: Tensor): Tensor {
  const [batch = 0, channels = 0] = gate.shape;
  const spread = reshape(gate, [batch, 1, 1, channels]);
  const out = multiply(x, spread);
  spread.dispose();
  return out;
}
