import { setImmediate } from 'node:timers/promises';
import type { Split } from '@nse/data';
import { networkGraph, RangeFinder, rangesText, safetensorsMetadata } from '@nse/export';
import { readSafetensors, writeSafetensors } from '@nse/safetensors';
import { retrainedPool } from '@nse/spec';
import { type Described, factsOf, type Measured } from './model.js';

/** The key of model.safetensors' metadata that holds the ranges of activations. */
export const RANGES = 'activationRanges';

/** Images that the ranges for int8 come from; more change them little. */
const IMAGES = 128;

/**
 * model.safetensors as it is stored: the trained weights, and as metadata what the network is and the ranges of its
 * activations on training images. The ranges are kept and not the images: they are small, no one's pictures leave the
 * worker, and making a file of int8 then needs no runtime. Throws ABORTED within an image after the signal fires.
 */
export async function finishedWeights(
  file: Uint8Array,
  described: Described,
  measured: Measured,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { tensors } = readSafetensors(file);
  const { network, architecture, spec } = described;
  const { activation } = spec.retrain;
  const input = { network, pool: retrainedPool(described.pool, spec.retrain), architecture, activation };
  const graph = networkGraph({ ...input, weights: tensors });
  const finder = new RangeFinder(graph);
  for await (const image of imagesOf(measured.dataset.train, graph.input.shape)) {
    signal.throwIfAborted();
    finder.see(image);
    // Others want to be heard in between: this takes seconds.
    await setImmediate();
  }
  const metadata = safetensorsMetadata(input, factsOf(described, measured));
  return writeSafetensors(tensors, { ...metadata, [RANGES]: rangesText(graph, finder.ranges()) });
}

/** The first images, one by one, (channels, height, width), not varied. */
async function* imagesOf(
  train: Split,
  [channels, height, width]: readonly [number, number, number],
): AsyncGenerator<Float32Array, void> {
  const points = height * width;
  for (let index = 0; index < Math.min(IMAGES, train.count); index++) {
    const { images } = await train.read(Int32Array.of(index));
    yield Float32Array.from({ length: channels * points }, (_, at) => {
      const [channel, point] = [Math.floor(at / points), at % points];
      return images[point * channels + channel] ?? 0;
    });
  }
}
