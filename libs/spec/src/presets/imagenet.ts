import { type SpecInput } from '../schema.js';

// The published searches on ImageNet. A figure without a comment is published: in the configurations of the authors'
// code, or as a constant of that code. What says "ours" is published nowhere that we know of.

const learningRate = { start: 0.1, peak: 0.4, final: 0, warmupEpochs: 2 };

const training = {
  batchSize: 1024,
  learningRate,
  momentum: 0.9,
  weightDecay: 4e-5,
  augment: 'imagenet',
  threads: 2, // ours
  gpus: 1, // ours: the published searches ran on many
  checkpointSteps: 500, // ours
} satisfies SpecInput['train'];

/** What all three searches share. */
const imagenet = {
  seed: 233,
  method: 'nse',
  dataset: {
    kind: 'folder',
    path: 'imagenet', // ours: for the user to say
    heldOut: 50_000, // the number is published; which images, is drawn here
  },
  train: { ...training, epochs: 100 },
  evaluate: {
    architectures: 2000,
    extra: 100,
    calibrationBatches: 50,
    batchSize: 1024,
    images: 50_000,
    workers: 1, // ours
    gpus: 1, // ours
    threads: 2, // ours
  },
  retrain: {
    ...training, // ours, all of it: how the found networks were trained is not published as settings
    epochs: 250,
    squeezeExcitation: false,
    activation: 'relu',
    compareRandom: true,
  },
} satisfies Partial<SpecInput>;

const imageNetImages = { stemStride: 2, imageSize: 224, imageChannels: 3, classes: 1000 } as const;

const fitness = { every: 2, batchSize: 1024, learningRate: 0.005, beta: 2, pruneBelow: -2 };

/** 27 operations; what is found was scaled by 1.04, to 326 M, afterwards. */
export const imagenet330m = {
  ...imagenet,
  name: 'imagenet-330m',
  pool: 'mac27',
  network: {
    plan: 'NER',
    depths: [1, 3, 3, 3, 3, 3],
    widths: [16, 24, 40, 80, 96, 192, 320],
    scale: 1,
    ...imageNetImages,
    tailChannels: 1024,
  },
  subsetSize: 5,
  rounds: 6,
  constraint: {
    macs: {
      target: 300e6,
      drift: 10e6, // ours: the code reads it from a setting that no published configuration has
    },
  },
  fitness: { ...fitness, alpha: 1e-5 },
  evaluate: { ...imagenet.evaluate, extraDrift: 10e6 },
} satisfies SpecInput;

/** Goes on from `imagenet-330m` with 45 operations more; what is found was scaled by 1.045, to 331 M, afterwards. */
export const imagenet330m72 = {
  ...imagenet330m,
  name: 'imagenet-330m-72',
  continueFrom: 'imagenet-330m',
  pool: 'mac72',
  rounds: 3,
} satisfies SpecInput;

/** 19 operations under a latency table: milliseconds of a GPU for a batch of 128 images. */
export const imagenetGpu66ms = {
  ...imagenet,
  name: 'imagenet-gpu-66ms',
  pool: 'gpu19',
  network: {
    plan: 'NR',
    depths: [1, 3, 3, 7, 3],
    widths: [16, 32, 64, 128, 256],
    scale: 1,
    ...imageNetImages,
    tailChannels: 1024,
  },
  subsetSize: 6,
  rounds: 3,
  // As published the regulariser aims at 66 ms and the band lies around 72 ms; here both have the one target.
  constraint: { latency: { table: 'nse-gpu', targetMs: 66, driftMs: 6 } },
  fitness: { ...fitness, alpha: 2e-4 },
  evaluate: { ...imagenet.evaluate, extraDrift: 2 },
} satisfies SpecInput;
