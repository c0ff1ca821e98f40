import type { Tensor } from '@tensorflow/tfjs-core';

import { dispose, multiply } from './arithmetic.js';
import { FLOAT, kernel } from './kernel.js';

const ELEMENTWISE = { T: FLOAT };

export function relu(x: Tensor): Tensor {
  return kernel('Relu', ELEMENTWISE, [x]);
}

/** `out` is what `relu` returned: its sign tells what the input's did. */
export function reluGradient(dOut: Tensor, out: Tensor): Tensor {
  return kernel('ReluGrad', ELEMENTWISE, [dOut, out]);
}

export function sigmoid(x: Tensor): Tensor {
  return kernel('Sigmoid', ELEMENTWISE, [x]);
}

export function sigmoidGradient(dOut: Tensor, out: Tensor): Tensor {
  return kernel('SigmoidGrad', ELEMENTWISE, [out, dOut]);
}

/** x * sigmoid(x), by Ramachandran et al., "Searching for Activation Functions", 2017. */
export function swish(x: Tensor): Tensor {
  const gate = sigmoid(x);
  const out = multiply(x, gate);
  gate.dispose();
  return out;
}

/** The gate is computed anew: it costs a pass but keeps one tensor less alive. */
export function swishGradient(dOut: Tensor, x: Tensor): Tensor {
  const gate = sigmoid(x);
  const throughValue = multiply(dOut, gate);
  const dGate = multiply(dOut, x);
  const throughGate = sigmoidGradient(dGate, gate);
  const result = kernel('AddV2', ELEMENTWISE, [throughValue, throughGate]);
  dispose(gate, throughValue, dGate, throughGate);
  return result;
}
