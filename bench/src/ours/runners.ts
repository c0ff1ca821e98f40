import { macsCost } from '@nse/space';
import {
  type Batch,
  decodeWeights,
  evaluateArchitectures,
  fitnessStep,
  Logits,
  pathBlock,
  placesOf,
  supernetOf,
  weightStep,
} from '@nse/supernet';
import { crossEntropy, floats, integers, readScalar, Sgd, type Tensor } from '@nse/tensor';
import { type ReadCase } from '../case-file.js';
import { type Runners } from '../serve.js';
import { partOf, tensorNamed } from '../tensors.js';
import { turn } from '../turn.js';

type Steps = (from: number, count: number) => number[];

/** What is timed, by our engine. TensorFlow must be loaded. */
export function ourRunners(read: ReadCase): Runners {
  return {
    weights: weightSteps(read),
    fitness: fitnessSteps(read),
    score: (from, count) => score(read, from, count),
  };
}

/** Weight steps as `trainRound` takes them. */
function weightSteps(read: ReadCase): Steps {
  const { supernet, weights, benchCase } = trained(read);
  const { learningRate, momentum, weightDecay } = benchCase.sgd;
  const sgd = new Sgd({ momentum, weightDecay, decays: (name) => name.endsWith('.weight') });
  return each(read, ({ images, labels }, step) => {
    const path = pathBlock(supernet, turn(benchCase.paths, step));
    const loss = weightStep(
      { weights, sgd },
      path,
      images,
      (logits) => crossEntropy(logits, labels),
      learningRate,
    );
    const value = readScalar(loss);
    loss.dispose();
    return value;
  });
}

/** Fitness steps as `trainRound` takes them. */
function fitnessSteps(read: ReadCase): Steps {
  const { supernet, weights, benchCase } = trained(read);
  const { shape, poolSize, fitness, pairs } = benchCase;
  const logits = new Logits(shape.network.cells.length, poolSize, fitness);
  const cost = macsCost(shape.network, shape.pool);
  return each(read, (batch, step) => {
    const drawn = turn(pairs, step).map(({ pair }) => pair);
    return fitnessStep({ supernet, weights, logits, cost, regulariser: fitness }, drawn, batch);
  });
}

/** Scores as a scoring worker does, from the weights file on. */
async function score({ benchCase, file, tensors }: ReadCase, from: number, count: number): Promise<number[]> {
  const { shape, subsets, calibrationBatches, heldOutBatches } = benchCase;
  const batches = batchesOf(tensors);
  const architectures = Array.from({ length: count }, (_, offset) =>
    turn(benchCase.architectures, from + offset),
  );
  const calibration = {
    stepsPerEpoch: calibrationBatches,
    at: (step: number) => Promise.resolve(turn(batches, step)),
  };
  const heldOut = batches.slice(calibrationBatches, calibrationBatches + heldOutBatches);
  const scores = await evaluateArchitectures(
    { network: shape.network, pool: shape.pool, weights: file, subsets, architectures, calibrationBatches },
    { calibration, heldOut },
    { scored: () => undefined, progress: () => undefined, signal: new AbortController().signal },
  );
  return scores.map(({ loss }) => loss);
}

function trained({ benchCase, file }: ReadCase) {
  const supernet = supernetOf(benchCase.shape.network, benchCase.shape.pool);
  const weights = decodeWeights(file, placesOf(supernet, benchCase.subsets));
  return { supernet, weights, benchCase };
}

function batchesOf(tensors: ReadCase['tensors']): Batch[] {
  const images = tensorNamed(tensors, 'batches.images');
  const labels = tensorNamed(tensors, 'batches.labels');
  return Array.from({ length: images.shape[0] ?? 0 }, (_, index) => {
    const count = images.shape[1] ?? 0;
    const pixels = partOf(images, index).data as Float32Array;
    return { images: pixels, labels: partOf(labels, index).data as Int32Array, count };
  });
}

/** A batch on the device: images (batch, height, width, channels) and labels (batch). */
interface DeviceBatch {
  readonly images: Tensor;
  readonly labels: Tensor;
}

function each({ benchCase, tensors }: ReadCase, run: (batch: DeviceBatch, step: number) => number): Steps {
  const { imageSize, imageChannels } = benchCase.shape.network;
  const batches = batchesOf(tensors).map(({ images, labels, count }) => ({
    images: floats(images, [count, imageSize, imageSize, imageChannels]),
    labels: integers(labels, [count]),
  }));
  return (from, count) =>
    Array.from({ length: count }, (_, offset) => run(turn(batches, from + offset), from + offset));
}
