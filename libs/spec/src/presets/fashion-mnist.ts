import { type SpecInput } from '../schema.js';

// What follows from other fields stays unwritten: images and classes from the data set, alpha and extraDrift from the
// drift. So another data set (`--dataset`) fits them to itself.

/**
 * A small network on Fashion-MNIST: a whole search within a quarter of an hour on two CPU cores. Small batches and one
 * thread, since maps this small do not keep two threads busy; a fast fitness, since a round has few steps.
 */
export const fashionMnist = {
  name: 'fashion-mnist',
  seed: 1,
  method: 'nse',
  dataset: { kind: 'fashion-mnist', heldOut: 10_000 },
  pool: 'mac27',
  network: {
    plan: 'NER',
    depths: [0, 1, 1, 0, 0, 0],
    widths: [16, 16, 24, 32, 48, 64, 96],
    scale: 1,
    stemStride: 1,
    tailChannels: 256,
  },
  subsetSize: 5,
  rounds: 6,
  constraint: { macs: { target: 4.0e6, drift: 0.4e6 } },
  train: {
    epochs: 0.2,
    batchSize: 32,
    learningRate: { start: 0.025, peak: 0.1, final: 0, warmupEpochs: 0.02 },
    momentum: 0.9,
    weightDecay: 4e-5,
    augment: 'flip',
    threads: 1,
    gpus: 0,
    checkpointSteps: 200,
  },
  fitness: { every: 2, batchSize: 32, learningRate: 0.1, beta: 2, pruneBelow: -2 },
  evaluate: {
    architectures: 64,
    extra: 4,
    calibrationBatches: 2,
    batchSize: 250,
    images: 1500,
    workers: 2,
    gpus: 0,
    threads: 1,
  },
  retrain: {
    epochs: 5,
    batchSize: 64,
    learningRate: { start: 0.025, peak: 0.1, final: 0, warmupEpochs: 0.3 },
    momentum: 0.9,
    weightDecay: 5e-4,
    augment: 'flip',
    threads: 1,
    gpus: 0,
    checkpointSteps: 400,
    squeezeExcitation: false,
    activation: 'relu',
    compareRandom: true,
  },
} satisfies SpecInput;

const { train, evaluate, retrain } = fashionMnist;

/** The same with fewer rounds, images and architectures, by the other methods too: shows every stage, finds little. */
export const fashionMnistQuick = {
  ...fashionMnist,
  name: 'fashion-mnist-quick',
  rounds: 2,
  train: { ...train, epochs: 0.06, learningRate: { ...train.learningRate, warmupEpochs: 0.01 } },
  evaluate: { ...evaluate, architectures: 24, extra: 2, images: 500 },
  retrain: { ...retrain, epochs: 1, learningRate: { ...retrain.learningRate, warmupEpochs: 0.1 } },
  // A step of second order through all 27 operations takes five times as long.
  darts: { order: 'first' },
  evolution: { population: 16, generations: 4, parents: 8, crossovers: 8, mutations: 8 },
  // 27, 16 and 5 operations a cell.
  shrink: { drop: 11, samples: 100, furtherEpochs: 0.06 },
} satisfies SpecInput;
