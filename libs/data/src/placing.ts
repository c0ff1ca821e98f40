import { type Placement } from './augment.js';
import { type PixelSet } from './pixels.js';

/**
 * Writes image `from` of a set as image `to` of a batch, row by row: placed, and each byte turned into its normalised
 * value by `table` (256, channels). What a shift uncovers is black.
 */
export function writePlaced(
  set: Omit<PixelSet, 'labels'>,
  { from: source, to: target }: { readonly from: number; readonly to: number },
  { dx, dy, mirrored }: Placement,
  table: Float32Array,
  images: Float32Array,
): void {
  const { size, channels, pixels } = set;
  const row = size * channels;
  const start = target * size * row;
  if (dx !== 0 || dy !== 0) blacken(images.subarray(start, start + size * row), table, channels);
  const firstX = Math.max(0, -dx);
  const width = size - Math.abs(dx);
  const fromX = mirrored ? size - 1 - firstX - dx : firstX + dx;
  const step = mirrored ? -channels : channels;
  for (let y = Math.max(0, -dy); y < Math.min(size, size - dy); y++) {
    let from = (source * size + y + dy) * row + fromX * channels;
    let to = start + y * row + firstX * channels;
    for (let x = 0; x < width; x++, from += step) {
      for (let channel = 0; channel < channels; channel++, to++) {
        images[to] = table[(pixels[from + channel] ?? 0) * channels + channel] ?? 0;
      }
    }
  }
}

function blacken(image: Float32Array, table: Float32Array, channels: number): void {
  for (let at = 0; at < image.length; at++) image[at] = table[at % channels] ?? 0;
}
