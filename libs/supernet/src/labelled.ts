import { floats, integers, type Tensor } from '@nse/tensor';
import type { Batch } from './hooks.js';

/** A batch on the device: images (batch, height, width, channels) and labels (batch), int32. */
export interface Labelled {
  readonly images: Tensor;
  readonly labels: Tensor;
}

/** Puts a batch on the device for as long as `use` runs. */
export function withBatch<T>(batch: Batch, shape: ImageShape, use: (labelled: Labelled) => T): T {
  const images = imagesOf(batch, shape);
  const labels = integers(batch.labels, [batch.count]);
  const result = use({ images, labels });
  images.dispose();
  labels.dispose();
  return result;
}

/** Size in pixels of square images, and their channels. A `MacroNetwork` has it. */
export interface ImageShape {
  readonly imageSize: number;
  readonly imageChannels: number;
}

/** The caller owns the tensor: (batch, height, width, channels). */
export function imagesOf(batch: Batch, { imageSize, imageChannels }: ImageShape): Tensor {
  return floats(batch.images, [batch.count, imageSize, imageSize, imageChannels]);
}
