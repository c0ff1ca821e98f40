import { type Architecture } from '@nse/space';
import * as tf from '@tensorflow/tfjs';
import { type BenchCase } from '../case.js';
import { type StockNetwork } from './network.js';

/** A batch of images (batch, height, width, channels) and their classes, one-hot (batch, classes). */
export interface TensorBatch {
  readonly images: tf.Tensor4D;
  readonly targets: tf.Tensor2D;
}

export function crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  return tf.losses.softmaxCrossEntropy(targets, logits).asScalar();
}

/** SGD with Nesterov momentum on the sampled path. tfjs's own optimiser has no decay and cannot follow changing paths. */
export class StockWeightSteps {
  private readonly momenta = new Map<string, tf.Variable>();

  constructor(
    private readonly net: StockNetwork,
    private readonly settings: BenchCase['sgd'],
  ) {}

  /** Returns the loss before the step. */
  step({ images, targets }: TensorBatch, path: Architecture): number {
    return tf.tidy(() => {
      const variables = this.onPath(path);
      const { value, grads } = tf.variableGrads(
        () => crossEntropy(this.net.run(images, path, { kind: 'train', moving: true }), targets),
        variables,
      );
      for (const variable of variables) {
        const gradient = grads[variable.name];
        if (gradient !== undefined) this.update(variable, gradient);
      }
      return value.dataSync()[0] ?? Number.NaN;
    });
  }

  private onPath(path: Architecture): tf.Variable[] {
    const prefixes = path.flatMap((operations, cell) => operations.map((op) => `cells.${cell}.ops.${op}.`));
    const on = (name: string) =>
      !name.startsWith('cells.') || prefixes.some((prefix) => name.startsWith(prefix));
    return [...this.net.variables.values()].filter(({ name }) => on(name));
  }

  private update(variable: tf.Variable, gradient: tf.Tensor): void {
    const { learningRate, momentum, weightDecay } = this.settings;
    const velocity = this.momenta.get(variable.name) ?? tf.keep(tf.variable(tf.zerosLike(variable), false));
    this.momenta.set(variable.name, velocity);
    const slope = variable.rank > 1 ? tf.add(gradient, tf.mul(variable, weightDecay)) : gradient;
    velocity.assign(tf.add(tf.mul(velocity, momentum), slope));
    const step = tf.add(slope, tf.mul(velocity, momentum));
    variable.assign(tf.sub(variable, tf.mul(step, learningRate)));
  }
}
