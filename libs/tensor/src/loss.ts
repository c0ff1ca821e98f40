import type { Tensor } from '@tensorflow/tfjs-core';

import { meanOver } from './arithmetic.js';
import { FLOAT, INT32, kernel, kernels } from './kernel.js';
import { constantScalar } from './tensor.js';

const CROSS_ENTROPY = { T: FLOAT, Tlabels: INT32 };
const ELEMENTWISE = { T: FLOAT };

/** Mean softmax cross-entropy of logits (batch, classes) for labels (batch), and its gradient in the logits. */
export function crossEntropy(logits: Tensor, labels: Tensor): { loss: Tensor; dLogits: Tensor } {
  const outputs = kernels('SparseSoftmaxCrossEntropyWithLogits', CROSS_ENTROPY, [logits, labels], 2);
  const [losses, gradient] = outputs as [Tensor, Tensor];
  const loss = meanOver(losses, [0]);
  const dLogits = kernel('Mul', ELEMENTWISE, [gradient, constantScalar(1 / losses.size)]);
  losses.dispose();
  gradient.dispose();
  return { loss, dLogits };
}
