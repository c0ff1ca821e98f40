import { faultyFile, type PixelSet } from './pixels.js';

export const cifar10Classes = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

const size = 32;
const plane = size * size;
const record = 1 + 3 * plane;

/**
 * A CIFAR-10 binary batch: per image a label byte, then a plane each of red, green and blue.
 * `file` names it in errors. Raises INVALID_ARGUMENT.
 */
export function parseCifar10Batch(bytes: Uint8Array, file: string): PixelSet {
  if (bytes.length === 0 || bytes.length % record !== 0) {
    throw faultyFile(file, `whole records of ${record} bytes`, `${bytes.length} bytes`);
  }
  const count = bytes.length / record;
  const labels = new Uint8Array(count);
  const pixels = new Uint8Array(count * 3 * plane);
  for (let image = 0; image < count; image++) {
    const label = bytes[image * record] ?? 0;
    if (label >= cifar10Classes.length) {
      throw faultyFile(file, 'labels from 0 to 9', `${label} at image ${image}`);
    }
    labels[image] = label;
    interleave(bytes.subarray(image * record + 1, (image + 1) * record), pixels, image * 3 * plane);
  }
  return { size, channels: 3, pixels, labels };
}

/** Three planes become pixels of three bytes. */
function interleave(planes: Uint8Array, pixels: Uint8Array, offset: number): void {
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels[offset + 3 * pixel + channel] = planes[channel * plane + pixel] ?? 0;
    }
  }
}
