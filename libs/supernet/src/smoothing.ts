import { dispose, FLOAT, floats, kernels, meanOver, scale, type Tensor } from '@nse/tensor';

const CROSS_ENTROPY = { T: FLOAT };

/**
 * Mean cross-entropy of logits (batch, classes) for labels of which the share `smoothing` is spread evenly over all
 * classes (Szegedy et al., "Rethinking the Inception Architecture", 2016), and its gradient. The caller owns both.
 */
export function smoothedCrossEntropy(
  logits: Tensor,
  labels: Int32Array,
  smoothing: number,
): { loss: Tensor; dLogits: Tensor } {
  const classes = logits.shape[1] ?? 1;
  const numbers = new Float32Array(labels.length * classes).fill(smoothing / classes);
  for (const [row, label] of labels.entries()) {
    numbers[row * classes + label] = 1 - smoothing + smoothing / classes;
  }
  const targets = floats(numbers, [labels.length, classes]);
  const outputs = kernels('SoftmaxCrossEntropyWithLogits', CROSS_ENTROPY, [logits, targets], 2);
  const [losses, gradient] = outputs as [Tensor, Tensor];
  const loss = meanOver(losses, [0]);
  const dLogits = scale(gradient, 1 / labels.length);
  dispose(targets, losses, gradient);
  return { loss, dLogits };
}
