import { type Architecture } from '@nse/space';
import * as tf from '@tensorflow/tfjs';
import { type Statistics, type StockNetwork } from './network.js';
import { crossEntropy, type TensorBatch } from './weights.js';

/** Batch norm from the mean statistics of the calibration batches, then the mean loss of the held-out ones. */
export function stockScore(
  net: StockNetwork,
  path: Architecture,
  calibration: readonly TensorBatch[],
  heldOut: readonly TensorBatch[],
): number {
  return tf.tidy(() => {
    const statistics = averages(net, path, calibration);
    const losses = heldOut.map(({ images, targets }) =>
      tf.tidy(() => {
        const logits = net.run(images, path, { kind: 'evaluate', statistics });
        const right = tf.sum(tf.equal(tf.argMax(logits, 1), tf.argMax(targets, 1)));
        right.dataSync();
        return crossEntropy(logits, targets).dataSync()[0] ?? Number.NaN;
      }),
    );
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  });
}

function averages(
  net: StockNetwork,
  path: Architecture,
  batches: readonly TensorBatch[],
): Map<string, Statistics> {
  const seen = new Map<string, Statistics[]>();
  const into = (name: string, { mean, variance }: Statistics) => {
    seen.set(name, [...(seen.get(name) ?? []), { mean: tf.keep(mean), variance: tf.keep(variance) }]);
  };
  for (const { images } of batches) {
    tf.tidy(() => {
      net.run(images, path, { kind: 'collect', into });
    });
  }
  const mean = (parts: tf.Tensor1D[]): tf.Tensor1D => tf.div(tf.addN(parts), parts.length);
  const result = new Map<string, Statistics>();
  for (const [name, parts] of seen) {
    const means = parts.map((part) => part.mean);
    const variances = parts.map((part) => part.variance);
    result.set(name, { mean: mean(means), variance: mean(variances) });
    tf.dispose([means, variances]);
  }
  return result;
}
