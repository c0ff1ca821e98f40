import type { NetworkInput } from '@nse/export';
import { batches, fixedBatches, loadDataset } from '@nse/data';
import { readSafetensors, type StoredTensor } from '@nse/safetensors';
import { trainArchitecture } from '@nse/supernet';

const BATCH = 64;

/** A network that has really learned, and images that it has not seen, channels last. */
export interface Trained {
  readonly weights: ReadonlyMap<string, StoredTensor>;
  /** (count, height, width, channels) of the training images. */
  readonly calibration: Float32Array;
  readonly test: { readonly images: Float32Array; readonly labels: Int32Array };
}

/** Trains on a part of Fashion-MNIST, seconds long. */
export async function trainedOnFashion(
  input: NetworkInput,
  images: number,
  tested: number,
): Promise<Trained> {
  const { network, pool, architecture, activation = 'relu' } = input;
  const dataset = await loadDataset({ kind: 'fashion-mnist', train: images, heldOut: 1000 }, { network });
  const { weights } = await trainArchitecture(
    {
      network,
      pool,
      architecture,
      seed: 1,
      retrain: {
        epochs: 2,
        learningRate: { start: 0.02, peak: 0.1, final: 0, warmupEpochs: 0.5 },
        momentum: 0.9,
        weightDecay: 1e-4,
        checkpointSteps: 10_000,
        activation,
        squeezeExcitation: pool.operations.some((operation) => operation.squeezeExcitation),
      },
    },
    {
      train: batches(dataset.train, { batchSize: BATCH, seed: 1, counters: ['retrain'] }),
      test: await fixedBatches(dataset.test, { batchSize: 250 }),
    },
    { checkpoint: () => Promise.resolve(), progress: () => undefined, signal: new AbortController().signal },
  );
  const first = (count: number) => Int32Array.from({ length: count }, (_, index) => index);
  return {
    weights: readSafetensors(weights).tensors,
    calibration: (await dataset.train.read(first(128))).images,
    test: await dataset.test.read(first(tested)),
  };
}
