import {
  add,
  dispose,
  globalAverage,
  globalAverageGradient,
  multiply,
  relu,
  reluGradient,
  reshape,
  share,
  sigmoid,
  sigmoidGradient,
  sumOver,
  type Tensor,
} from '@nse/tensor';

import { linear, linearGradients } from './block-linear.js';
import type { Block, Pass } from './block-pass.js';
import type { Gradients } from './gradients.js';
import type { Weights } from './weights.js';

/**
 * Squeeze-excitation (Hu et al., 2018): every channel is scaled by a gate, sigmoid(restore(relu(reduce(average)))).
 * Weights: `<name>.reduce.{weight,bias}`, `<name>.restore.{weight,bias}`.
 */
export function squeezeBlock(name: string, channels: number, squeezed: number): Block {
  return {
    places: [
      { name: `${name}.reduce.weight`, shape: [channels, squeezed], kind: 'pointwise' },
      { name: `${name}.reduce.bias`, shape: [squeezed], kind: 'bias' },
      { name: `${name}.restore.weight`, shape: [squeezed, channels], kind: 'pointwise' },
      { name: `${name}.restore.bias`, shape: [channels], kind: 'bias' },
    ],
    train: (x, weights) => trainSqueeze(name, x, weights),
    run: (x, weights) => {
      const { average, inner, gate } = gateOf(name, x, weights);
      const out = scaled(x, gate);
      dispose(average, inner, gate);
      return out;
    },
  };
}

/** average (batch, channels), inner (batch, squeezed), gate (batch, channels) */
interface Gate {
  readonly average: Tensor;
  readonly inner: Tensor;
  readonly gate: Tensor;
}

function gateOf(name: string, x: Tensor, weights: Weights): Gate {
  const average = globalAverage(x);
  const reduced = linear(average, weights, `${name}.reduce`);
  const inner = relu(reduced);
  const restored = linear(inner, weights, `${name}.restore`);
  const gate = sigmoid(restored);
  dispose(reduced, restored);
  return { average, inner, gate };
}

function trainSqueeze(name: string, x: Tensor, weights: Weights): Pass {
  const kept = { x: share(x), ...gateOf(name, x, weights) };
  const release = () => dispose(kept.x, kept.average, kept.inner, kept.gate);
  const backward = (dOut: Tensor, gradients?: Gradients): Tensor => {
    const dAverage = gateGradient(name, kept, kept.x, dOut, weights, gradients);
    const direct = scaled(dOut, kept.gate);
    const throughGate = globalAverageGradient(dAverage, kept.x.shape);
    const dX = add(direct, throughGate);
    dispose(dAverage, direct, throughGate);
    release();
    return dX;
  };
  return {
    out: scaled(x, kept.gate),
    backward,
    backwardFirst: (dOut, gradients) => backward(dOut, gradients).dispose(),
    dispose: release,
  };
}

/** The gradient of the average, (batch, channels). */
function gateGradient(
  name: string,
  { average, inner, gate }: Gate,
  x: Tensor,
  dOut: Tensor,
  weights: Weights,
  gradients?: Gradients,
): Tensor {
  const product = multiply(dOut, x);
  const dGate = sumOver(product, [1, 2]);
  const dRestored = sigmoidGradient(dGate, gate);
  const dInner = linearGradients(inner, dRestored, weights, `${name}.restore`, gradients);
  const dReduced = reluGradient(dInner, inner);
  const dAverage = linearGradients(average, dReduced, weights, `${name}.reduce`, gradients);
  dispose(product, dGate, dRestored, dInner, dReduced);
  return dAverage;
}

/** x (batch, height, width, channels) times gate (batch, channels) */
function scaled(x: Tensor, gate: Tensor): Tensor {
  const [batch = 0, channels = 0] = gate.shape;
  const spread = reshape(gate, [batch, 1, 1, channels]);
  const out = multiply(x, spread);
  spread.dispose();
  return out;
}
