import { NseError } from '@nse/space';
import { type SpecInput } from './schema.js';

/**
 * A small network on Fashion-MNIST: a whole search within a quarter of an hour on two CPU cores. Small batches and one
 * thread, since maps this small do not keep two threads busy; a fast fitness, since a round has few steps.
 */
const fashionMnist = {
  name: 'fashion-mnist',
  seed: 1,
  method: 'nse',
  dataset: { kind: 'fashion-mnist' },
  pool: 'mac27',
  network: {
    plan: 'NER',
    depths: [0, 1, 1, 0, 0, 0],
    widths: [16, 16, 24, 32, 48, 64, 96],
    stemStride: 1,
    tailChannels: 256,
  },
  subsetSize: 5,
  rounds: 6,
  constraint: { macs: { target: 4.0e6, drift: 0.4e6 } },
  train: {
    epochs: 0.2,
    batchSize: 32,
    learningRate: { peak: 0.1, warmupEpochs: 0.02 },
    augment: 'flip',
    threads: 1,
  },
  fitness: { batchSize: 32, learningRate: 0.1 },
  evaluate: { architectures: 64, extra: 4, calibrationBatches: 2, images: 1500 },
  retrain: {
    epochs: 5,
    batchSize: 64,
    weightDecay: 5e-4,
    learningRate: { peak: 0.1, warmupEpochs: 0.3 },
    augment: 'flip',
    threads: 1,
    checkpointSteps: 400,
  },
} satisfies SpecInput;

/** The same with fewer rounds, images and architectures: shows every stage, finds little. */
const fashionMnistQuick = {
  ...fashionMnist,
  name: 'fashion-mnist-quick',
  rounds: 2,
  train: { ...fashionMnist.train, epochs: 0.06, learningRate: { peak: 0.1, warmupEpochs: 0.01 } },
  evaluate: { architectures: 24, extra: 2, calibrationBatches: 2, images: 500 },
  retrain: { ...fashionMnist.retrain, epochs: 1, learningRate: { peak: 0.1, warmupEpochs: 0.1 } },
} satisfies SpecInput;

const cifar10 = {
  ...fashionMnist,
  name: 'cifar10',
  dataset: { kind: 'cifar10' },
  network: { ...fashionMnist.network, depths: [1, 1, 1, 2, 1, 1], widths: [16, 24, 32, 64, 96, 128, 160] },
  constraint: { macs: { target: 12e6, drift: 1e6 } },
  train: { epochs: 10, learningRate: { warmupEpochs: 0.5 } },
  fitness: {},
  evaluate: { architectures: 300, extra: 20, images: 5000 },
  retrain: { epochs: 60, learningRate: { warmupEpochs: 1 } },
} satisfies SpecInput;

const imagenetRate = { start: 0.1, peak: 0.4, final: 0, warmupEpochs: 2 };

/**
 * The published search on ImageNet with 27 operations (method, figures marked "ref"); the found network is scaled
 * to 330 M afterwards. Where the images are is for the user to say: `dataset.path`.
 * Not published, so ours: the length of retraining, squeeze-excitation and Swish in it, scored images.
 */
const imagenet330m = {
  name: 'imagenet-330m',
  seed: 233,
  method: 'nse',
  dataset: { kind: 'folder', path: 'imagenet', heldOut: 50_000 },
  pool: 'mac27',
  network: {
    plan: 'NER',
    depths: [1, 3, 3, 3, 3, 3],
    widths: [16, 24, 40, 80, 96, 192, 320],
    scale: 1,
    stemStride: 2,
    imageSize: 224,
    classes: 1000,
    tailChannels: 1024,
  },
  subsetSize: 5,
  rounds: 6,
  constraint: { macs: { target: 300e6, drift: 10e6 } },
  train: {
    epochs: 100,
    batchSize: 1024,
    learningRate: imagenetRate,
    momentum: 0.9,
    weightDecay: 4e-5,
    augment: 'imagenet',
    checkpointSteps: 500,
  },
  fitness: { every: 2, batchSize: 1024, learningRate: 0.005, alpha: 1e-5, beta: 2, pruneBelow: -2 },
  evaluate: { architectures: 2000, extra: 100, extraDrift: 10e6, calibrationBatches: 50, batchSize: 250 },
  retrain: {
    epochs: 250,
    batchSize: 1024,
    learningRate: imagenetRate,
    momentum: 0.9,
    weightDecay: 4e-5,
    augment: 'imagenet',
    checkpointSteps: 500,
  },
} satisfies SpecInput;

/** Ready specs by name, as a user would write them; `parseSpec` resolves one. */
export const presets = {
  'fashion-mnist': fashionMnist,
  'fashion-mnist-quick': fashionMnistQuick,
  cifar10,
  'imagenet-330m': imagenet330m,
} as const satisfies Readonly<Record<string, SpecInput>>;

export type PresetName = keyof typeof presets;

/** The preset of that name. Raises NOT_FOUND that lists the names. */
export function presetNamed(name: string): SpecInput {
  const found = Object.entries(presets).find(([known]) => known === name);
  if (found) return found[1];
  const names = Object.keys(presets).join(', ');
  throw new NseError('NOT_FOUND', `there is no preset "${name}"; there are ${names}`, { field: 'preset' });
}
