import { parseSpec, type SearchSpec } from '@nse/spec';

/** A search on a few images of Fashion-MNIST with a network of four to six narrow cells: seconds a stage. */
export const tinyFields = {
  name: 'tiny',
  seed: 11,
  dataset: { kind: 'fashion-mnist', train: 1_000, heldOut: 500 },
  network: {
    plan: 'NR',
    depths: [0, 1, 0, 1, 0],
    widths: [8, 8, 16, 16, 24],
    stemStride: 2,
    tailChannels: 32,
  },
  rounds: 2,
  constraint: { macs: { target: 0.35e6, drift: 0.1e6 } },
  train: { epochs: 0.6, batchSize: 50, threads: 1, checkpointSteps: 4, learningRate: { warmupEpochs: 0.1 } },
  fitness: { batchSize: 50 },
  evaluate: { architectures: 12, extra: 2, calibrationBatches: 2, batchSize: 100, images: 200 },
  retrain: { epochs: 1, batchSize: 50, threads: 1, checkpointSteps: 5, learningRate: { warmupEpochs: 0.1 } },
};

/** The tiny search with some fields in place of its own. Raises INVALID_ARGUMENT where that is no sound spec. */
export function tinySpec(changes: Readonly<Record<string, unknown>> = {}): SearchSpec {
  return parseSpec({ ...tinyFields, ...changes });
}
