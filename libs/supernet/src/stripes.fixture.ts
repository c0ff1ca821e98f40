import { macroNetwork, macsCost, poolNamed, randomFrom } from '@nse/space';

import type { Batch, BatchSource, Hooks } from './hooks.js';
import type { RoundInput } from './train.js';

/** A problem that a tiny network learns in seconds: which of four directions noisy stripes have. */
export const network = macroNetwork({
  plan: 'NR',
  depths: [1, 0, 0, 0, 1],
  widths: [8, 8, 16, 16, 24],
  scale: 1,
  stemStride: 1,
  imageSize: 12,
  imageChannels: 1,
  classes: 4,
  tailChannels: 32,
});

export const pool = poolNamed('mac27');

/** Three operations a cell, dilated and rectangular ones among them. */
export const subsets = network.cells.map(({ index }) => (index % 2 === 0 ? [0, 6, 22] : [1, 3, 9]));

const NOISE = 0.7;

export function stripes(count: number, seed: number, step: number): Batch {
  const random = randomFrom(seed, 'stripes', step);
  const { imageSize } = network;
  const images = new Float32Array(count * imageSize * imageSize);
  const labels = Int32Array.from({ length: count }, () => random.below(network.classes));
  for (const [image, label] of labels.entries()) {
    const angle = (label * Math.PI) / network.classes;
    const phase = 2 * Math.PI * random.next();
    for (let pixel = 0; pixel < imageSize * imageSize; pixel++) {
      const along = Math.cos(angle) * (pixel % imageSize) + Math.sin(angle) * Math.floor(pixel / imageSize);
      images[image * imageSize * imageSize + pixel] =
        Math.sin(1.3 * along + phase) + NOISE * (2 * random.next() - 1);
    }
  }
  return { images, labels, count };
}

/** Endless batches, each the same whenever it is asked for. */
export function stripesSource(seed: number, batchSize: number, stepsPerEpoch: number): BatchSource {
  return { stepsPerEpoch, at: (step) => Promise.resolve(stripes(batchSize, seed, step)) };
}

export const data = { train: stripesSource(1, 32, 30), heldOut: stripesSource(2, 32, 30) };

export const roundInput: RoundInput = {
  network,
  pool,
  cost: macsCost(network, pool),
  target: 0.4e6,
  method: 'nse',
  subsets,
  optimized: network.cells.map(() => []),
  train: {
    epochs: 1,
    learningRate: { start: 0.02, peak: 0.1, final: 0, warmupEpochs: 0.1 },
    momentum: 0.9,
    weightDecay: 4e-5,
    checkpointSteps: 15,
  },
  fitness: { every: 2, learningRate: 0.05, alpha: 1e-2, beta: 2, pruneBelow: -2 },
  seed: 1,
  round: 1,
};

/** Hooks that remember what they are given. */
export function recordingHooks(): Hooks & {
  readonly checkpoints: Map<number, Uint8Array>;
  readonly losses: number[];
  readonly controller: AbortController;
} {
  const checkpoints = new Map<number, Uint8Array>();
  const losses: number[] = [];
  const controller = new AbortController();
  return {
    checkpoints,
    losses,
    controller,
    signal: controller.signal,
    checkpoint: (bytes, step) => {
      checkpoints.set(step, bytes);
      return Promise.resolve();
    },
    progress: ({ loss }) => {
      if (loss !== undefined) losses.push(loss);
    },
  };
}
