import { type CellSets, macroNetwork, macsCost, poolNamed, randomFrom, targetBand } from '@nse/space';
import type { Batch, BatchSource, Hooks } from '@nse/supernet';

import type { SharedInput } from './settings.js';

/** A problem that a tiny network learns in seconds: which of four directions noisy stripes have. */
export const network = macroNetwork({
  plan: 'NR',
  depths: [1, 0, 0, 0, 0],
  widths: [16, 16, 16, 16, 16],
  scale: 1,
  stemStride: 1,
  imageSize: 12,
  imageChannels: 1,
  classes: 4,
  tailChannels: 32,
});

export const pool = poolNamed('mac27');
export const cost = macsCost(network, pool);

/** Three operations a cell. */
export const subsets: CellSets = network.cells.map(({ index }) => (index % 2 === 0 ? [0, 9, 12] : [1, 3, 9]));

/** Two operations a cell, for what trains. */
export const few: CellSets = network.cells.map(({ index }) => (index % 2 === 0 ? [0, 9] : [3, 9]));

/** A budget that about half of the architectures of `subsets` keep to. */
export const band = targetBand(250e3, 50e3);

export const space = { network, pool, subsets, cost, band, seed: 1 };

const NOISE = 0.2;

export function stripes(count: number, seed: number, step: number): Batch {
  const random = randomFrom(seed, 'stripes', step);
  const { imageSize, classes } = network;
  const pixels = imageSize * imageSize;
  const images = new Float32Array(count * pixels);
  const labels = Int32Array.from({ length: count }, () => random.below(classes));
  for (const [image, label] of labels.entries()) {
    const angle = (label * Math.PI) / classes;
    const phase = 2 * Math.PI * random.next();
    for (let pixel = 0; pixel < pixels; pixel++) {
      const along = Math.cos(angle) * (pixel % imageSize) + Math.sin(angle) * Math.floor(pixel / imageSize);
      images[image * pixels + pixel] = Math.sin(1.3 * along + phase) + NOISE * (2 * random.next() - 1);
    }
  }
  return { images, labels, count };
}

/** Endless batches, each the same whenever it is asked for. */
export function stripesSource(seed: number, batchSize: number, stepsPerEpoch: number): BatchSource {
  return { stepsPerEpoch, at: (step) => Promise.resolve(stripes(batchSize, seed, step)) };
}

export const data = { train: stripesSource(1, 32, 12), heldOut: stripesSource(2, 32, 12) };

export const input: SharedInput = {
  network,
  pool,
  subsets: few,
  train: {
    epochs: 1,
    learningRate: { start: 0.02, peak: 0.1, final: 0, warmupEpochs: 0.1 },
    momentum: 0.9,
    weightDecay: 4e-5,
    checkpointSteps: 7,
  },
  seed: 1,
};

/** The same for so many epochs of 12 steps. */
export const lasting = (epochs: number): SharedInput => ({ ...input, train: { ...input.train, epochs } });

/** Hooks that remember what they are given. */
export function recordingHooks(): Hooks & {
  readonly checkpoints: Map<number, Uint8Array>;
  readonly controller: AbortController;
} {
  const checkpoints = new Map<number, Uint8Array>();
  const controller = new AbortController();
  return {
    checkpoints,
    controller,
    signal: controller.signal,
    checkpoint: (bytes, step) => {
      checkpoints.set(step, bytes);
      return Promise.resolve();
    },
    progress: () => undefined,
  };
}
