import { type BranchPair } from '@nse/space';
import * as tf from '@tensorflow/tfjs';
import { type BenchCase, type FitnessCell } from '../case.js';
import { type StockNetwork } from './network.js';
import { crossEntropy, type TensorBatch } from './weights.js';

/** A function of one tensor whose gradient is taken as 0, and that leaves nothing on the tape; tfjs has none ready. */
function withoutGradient(of: (x: tf.Tensor) => tf.Tensor): (x: tf.Tensor) => tf.Tensor {
  return tf.customGrad((x) => {
    const input = x as tf.Tensor;
    return { value: of(input), gradFunc: () => tf.zeros(input.shape) };
  });
}

const stopped = withoutGradient((x) => x.clone());

/** Two branch sets a cell: A with its graph, B without; Adam on the logits; the weights stay. */
export class StockFitnessSteps {
  private readonly logits: tf.Variable[];
  private readonly optimizer: tf.AdamOptimizer;

  constructor(
    private readonly net: StockNetwork,
    private readonly benchCase: BenchCase,
  ) {
    const { fitness, poolSize, network } = benchCase;
    this.logits = network.cells.map((_, cell) => tf.variable(tf.zeros([poolSize]), true, `logits.${cell}`));
    this.optimizer = tf.train.adam(fitness.learningRate, 0, fitness.beta2, fitness.epsilon);
  }

  /** Returns cross-entropy plus the cost term, before the step. */
  step(batch: TensorBatch, pairs: readonly FitnessCell[]): number {
    return tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => this.loss(batch, pairs), this.logits);
      this.optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
      return value.dataSync()[0] ?? Number.NaN;
    });
  }

  private loss({ images, targets }: TensorBatch, pairs: readonly FitnessCell[]): tf.Scalar {
    const { alpha, beta, target, scale, fixedCost } = this.benchCase.fitness;
    let x = this.net.stem(images, { kind: 'train', moving: true });
    let expected: tf.Scalar = tf.scalar(fixedCost);
    pairs.forEach(({ pair, costs }, cell) => {
      const outA = this.net.cell(cell, x, pair.a, { kind: 'train', moving: true });
      if (!pair.choice) {
        x = outA;
        expected = tf.add(expected, costs.a);
        return;
      }
      const { pA, pB } = this.chances(cell, pair);
      const outB = withoutGradient((input) =>
        this.net.cell(cell, input as tf.Tensor4D, pair.b, { kind: 'train', moving: false }).clone(),
      )(x);
      const one = tf.sub(tf.add(pA, 1), stopped(pA));
      const zero = tf.sub(pB, stopped(pB));
      x = tf.add(tf.mul(outA, one), tf.mul(outB, zero));
      expected = tf.add(expected, tf.add(tf.mul(pA, costs.a), tf.mul(pB, costs.b)));
    });
    const distance = tf.div(tf.sub(expected, target), scale);
    return tf.add(crossEntropy(this.net.classify(x), targets), tf.mul(tf.pow(distance, beta), alpha));
  }

  private chances(cell: number, { a, b }: BranchPair): { pA: tf.Scalar; pB: tf.Scalar } {
    const logits = this.logits[cell] ?? tf.zeros([this.benchCase.poolSize]);
    const p = tf.add(tf.mul(tf.sigmoid(logits), 0.999), 0.0005);
    const odds = tf.log(tf.div(p, tf.sub(1, p)));
    const sign = Array.from(
      { length: this.benchCase.poolSize },
      (_, op) => Number(a.includes(op)) - Number(b.includes(op)),
    );
    const gap = tf.sum<tf.Scalar>(tf.mul(odds, tf.tensor1d(sign)));
    return { pA: tf.sigmoid(gap), pB: tf.sigmoid(tf.neg(gap)) };
  }
}
