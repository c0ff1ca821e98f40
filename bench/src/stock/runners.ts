import { type StoredTensor } from '@nse/safetensors';
import * as tf from '@tensorflow/tfjs';
import { type BenchCase } from '../case.js';
import { type ReadCase } from '../case-file.js';
import { type Runners } from '../serve.js';
import { partOf, tensorNamed } from '../tensors.js';
import { turn } from '../turn.js';
import { StockFitnessSteps } from './fitness.js';
import { StockNetwork } from './network.js';
import { stockScore } from './score.js';
import { StockWeightSteps, type TensorBatch } from './weights.js';

/** What is timed, by stock tfjs. TensorFlow must be loaded. */
export function stockRunners({ benchCase, tensors }: ReadCase): Runners {
  const net = new StockNetwork(benchCase.network, tensors);
  const batches = batchesOf(benchCase, tensors);
  const weights = new StockWeightSteps(net, benchCase.sgd);
  const fitness = new StockFitnessSteps(net, benchCase);
  const { calibrationBatches, heldOutBatches, architectures, pairs, paths } = benchCase;
  const calibration = batches.slice(0, calibrationBatches);
  const heldOut = batches.slice(calibrationBatches, calibrationBatches + heldOutBatches);
  const each = (run: (step: number) => number) => (from: number, count: number) =>
    Array.from({ length: count }, (_, offset) => run(from + offset));
  return {
    weights: each((step) => weights.step(turn(batches, step), turn(paths, step))),
    fitness: each((step) => fitness.step(turn(batches, step), turn(pairs, step))),
    score: each((step) => stockScore(net, turn(architectures, step), calibration, heldOut)),
  };
}

function batchesOf({ network }: BenchCase, tensors: ReadonlyMap<string, StoredTensor>): TensorBatch[] {
  const images = tensorNamed(tensors, 'batches.images');
  const labels = tensorNamed(tensors, 'batches.labels');
  return Array.from({ length: images.shape[0] ?? 0 }, (_, batch) => {
    const [pixels, classes] = [partOf(images, batch), partOf(labels, batch)];
    const imageShape = pixels.shape as [number, number, number, number];
    const oneHot = tf.oneHot(tf.tensor1d(classes.data, 'int32'), network.classes) as tf.Tensor2D;
    return {
      images: tf.tensor4d(pixels.data, imageShape),
      targets: tf.cast(oneHot, 'float32'),
    };
  });
}
