import { type NseError, randomFrom } from '@nse/space';
import sharp from 'sharp';
import { drawPlacement } from './augment.js';
import { type Region, centreCrop, randomResizedCrop } from './crop.js';
import { type AugmentationKind } from './dataset.js';
import { drawJitter, jitterColours } from './jitter.js';
import { normalisations, normalisationTable } from './normalise.js';
import { faultyFile } from './pixels.js';
import { writePlaced } from './placing.js';

const table = normalisationTable(normalisations.folder);

/** One image to decode: scaled to `size` pixels, varied by `kind` as `seed` draws it. */
export interface ImageTask {
  readonly file: string;
  readonly size: number;
  readonly kind: AugmentationKind;
  readonly seed: number;
}

export type DecodeReply =
  | { readonly kind: 'decoded'; readonly images: Float32Array }
  | { readonly kind: 'failed'; readonly error: ReturnType<NseError['toJSON']> };

/**
 * Decodes an image into `target`, (size, size, 3), normalised. With `imagenet` a random resized crop, mirrored half
 * the time, colours jittered; else the centre crop, placed as for images in memory.
 * Raises INVALID_ARGUMENT that names the file if it is no whole image.
 */
export async function decodeImage(task: ImageTask, target: Float32Array): Promise<void> {
  const random = randomFrom(task.seed, 'image');
  const imagenet = task.kind === 'imagenet';
  const pixels = await readPixels(task, (width, height) =>
    imagenet ? randomResizedCrop(width, height, random) : centreCrop(width, height),
  );
  if (imagenet) jitterColours(pixels, drawJitter(random));
  const placement = drawPlacement({ kind: imagenet ? 'flip' : task.kind, random }, task.size);
  writePlaced({ pixels, size: task.size, channels: 3 }, { from: 0, to: 0 }, placement, table, target);
}

async function readPixels(
  { file, size }: ImageTask,
  choose: (width: number, height: number) => Region,
): Promise<Uint8Array> {
  try {
    const image = sharp(file, { failOn: 'truncated' });
    const { width, height } = await image.metadata();
    return await image
      .extract(choose(width, height))
      .resize(size, size, { fit: 'fill', kernel: 'linear' })
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer();
  } catch (cause) {
    const found = cause instanceof Error ? cause.message.trim() : String(cause);
    throw faultyFile(file, 'a whole JPEG, PNG or WebP image', found, cause);
  }
}
