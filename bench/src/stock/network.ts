import { type Architecture, type Layer, NseError } from '@nse/space';
import { type StoredTensor } from '@nse/safetensors';
import * as tf from '@tensorflow/tfjs';
import { type BenchCase } from '../case.js';

/** Batch norm from the batch (running statistics move or not), from given statistics, or from the batch and noted down. */
export type Mode =
  | { readonly kind: 'train'; readonly moving: boolean }
  | { readonly kind: 'collect'; readonly into: (name: string, statistics: Statistics) => void }
  | { readonly kind: 'evaluate'; readonly statistics: ReadonlyMap<string, Statistics> };

/** Per channel; the variance of `collect` and of running statistics is the unbiased one. */
export interface Statistics {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

const EPSILON = 1e-5;
const MOMENTUM = 0.1;

/** The benchmark's network as a user of tfjs would write it: its public operations, and gradients by its own tape. */
export class StockNetwork {
  readonly variables: ReadonlyMap<string, tf.Variable>;
  private readonly running = new Map<string, { mean: tf.Variable; variance: tf.Variable }>();

  constructor(
    private readonly network: BenchCase['network'],
    tensors: ReadonlyMap<string, StoredTensor>,
  ) {
    const trained = [...tensors].filter(([name]) => /(weight|bias|gamma|beta)$/.test(name));
    const depthwise = new Set(
      network.cells.flatMap(({ operations }, cell) =>
        Object.entries(operations).flatMap(([index, layers]) =>
          layers
            .filter(({ kind }) => kind === 'depthwise')
            .map(({ name }) => `cells.${cell}.ops.${index}.${name}.conv.weight`),
        ),
      ),
    );
    this.variables = new Map(
      trained.map(([name, stored]) => [
        name,
        tf.variable(toTfjsLayout(stored, depthwise.has(name)), true, name),
      ]),
    );
    for (const [name, { shape }] of trained.filter(([weight]) => weight.endsWith('.bn.gamma'))) {
      const part = name.slice(0, -'.bn.gamma'.length);
      const [mean, variance] = [tf.zeros([...shape]), tf.ones([...shape])];
      this.running.set(part, { mean: tf.variable(mean, false), variance: tf.variable(variance, false) });
    }
  }

  weight(name: string): tf.Variable {
    const found = this.variables.get(name);
    if (found === undefined) throw new NseError('NOT_FOUND', `no weight ${name}`);
    return found;
  }

  /** images (batch, height, width, channels) to logits (batch, classes) */
  run(images: tf.Tensor4D, path: Architecture, mode: Mode): tf.Tensor2D {
    let x = this.stem(images, mode);
    path.forEach((operations, cell) => {
      x = this.cell(cell, x, operations, mode);
    });
    return this.classify(x);
  }

  stem(images: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return this.convNorm(images, this.network.stem, 'stem', mode);
  }

  /** The mean over the branches that are on; an identity cell counts its input as one more. */
  cell(index: number, x: tf.Tensor4D, operations: readonly number[], mode: Mode): tf.Tensor4D {
    const described = this.network.cells[index];
    const outputs = operations.map((operation) => {
      const layers = described?.operations[String(operation)] ?? [];
      return layers.reduce(
        (y, layer) => this.convNorm(y, layer, `cells.${index}.ops.${operation}.${layer.name}`, mode),
        x,
      );
    });
    if (described?.identity === true) outputs.push(x);
    const [only] = outputs;
    if (outputs.length === 1 && only !== undefined) return only;
    return tf.div(tf.addN(outputs), outputs.length);
  }

  classify(x: tf.Tensor4D): tf.Tensor2D {
    const features = tf.relu(tf.conv2d(x, this.weight('tail.conv.weight') as tf.Tensor4D, 1, 'valid'));
    const pooled = tf.mean<tf.Tensor2D>(features, [1, 2]);
    const linear = this.weight('tail.linear.weight') as tf.Tensor2D;
    return tf.add(tf.matMul(pooled, linear), this.weight('tail.linear.bias'));
  }

  /** Convolution, batch norm and, but for an operation's last layer, ReLU. */
  private convNorm(x: tf.Tensor4D, layer: Layer, name: string, mode: Mode): tf.Tensor4D {
    const convolved = this.convolve(x, layer, this.weight(`${name}.conv.weight`) as tf.Tensor4D);
    const { mean, variance } = this.statistics(convolved, name, mode);
    const [gamma, beta] = [this.weight(`${name}.bn.gamma`), this.weight(`${name}.bn.beta`)] as tf.Tensor1D[];
    const normed = tf.batchNorm4d(convolved, mean, variance, beta, gamma, EPSILON);
    return layer.activation === 'relu' ? tf.relu(normed) : normed;
  }

  private convolve(x: tf.Tensor4D, layer: Layer, weight: tf.Tensor4D): tf.Tensor4D {
    const [high, wide] = layer.padding;
    const stride: [number, number] = [...layer.stride];
    const strided = stride.some((step) => step > 1) && high + wide > 0;
    // With stride 1 'same' is symmetric; with stride 2 it is not, and tfjs has no gradient for explicit padding.
    const padded = strided
      ? tf.pad4d(x, [
          [0, 0],
          [high, high],
          [wide, wide],
          [0, 0],
        ])
      : x;
    const pad = strided ? 'valid' : 'same';
    if (layer.kind === 'depthwise') return tf.depthwiseConv2d(padded, weight, stride, pad);
    return tf.conv2d(padded, weight, stride, pad);
  }

  private statistics(x: tf.Tensor4D, name: string, mode: Mode): Statistics {
    if (mode.kind === 'evaluate') {
      const given = mode.statistics.get(name);
      if (given === undefined) throw new NseError('NOT_FOUND', `no statistics of ${name}`);
      return given;
    }
    const batch = tf.moments(x, [0, 1, 2]) as Statistics;
    const count = x.size / x.shape[3];
    const unbiased = (): tf.Tensor1D => tf.mul(batch.variance, count / (count - 1));
    if (mode.kind === 'collect') mode.into(name, { mean: batch.mean, variance: unbiased() });
    else if (mode.moving) this.move(name, batch.mean, unbiased());
    return batch;
  }

  private move(name: string, mean: tf.Tensor, variance: tf.Tensor): void {
    const running = this.running.get(name);
    const towards = (old: tf.Variable, seen: tf.Tensor) =>
      old.assign(tf.add(tf.mul(old, 1 - MOMENTUM), tf.mul(seen, MOMENTUM)));
    if (running === undefined) return;
    towards(running.mean, mean);
    towards(running.variance, variance);
  }
}

/** Convolutions to (height, width, in, out), depthwise ones to (height, width, channels, 1), linear ones to (in, out). */
function toTfjsLayout({ data, shape }: StoredTensor, depthwise: boolean): tf.Tensor {
  const tensor = tf.tensor(data, [...shape]);
  if (shape.length === 1) return tensor;
  if (shape.length === 2) return tf.transpose(tensor);
  return tf.transpose(tensor, depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0]);
}
