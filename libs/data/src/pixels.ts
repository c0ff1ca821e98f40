import { NseError } from '@nse/space';

/** Images in memory as bytes: one of a kind to which every file format here is converted. */
export interface PixelSet {
  /** Side of the square images in pixels. */
  readonly size: number;
  readonly channels: number;
  /** (count, height, width, channels), 0 to 255 */
  readonly pixels: Uint8Array;
  /** (count) */
  readonly labels: Uint8Array;
}

/** Training images and test images of a data set that says which are which. */
export interface PixelSplits {
  readonly trainable: PixelSet;
  readonly test: PixelSet;
}

/** A fault of a data file: which file, what was expected, what was found. */
export function faultyFile(file: string, expected: string, found: string, cause?: unknown): NseError {
  const options = cause === undefined ? {} : { cause };
  return new NseError('INVALID_ARGUMENT', `${file}: expected ${expected}, found ${found}`, {
    field: 'dataset.path',
    ...options,
  });
}

/** Several sets of the same shape as one. */
export function joined(sets: readonly PixelSet[]): PixelSet {
  const [first] = sets;
  if (first === undefined)
    return { size: 0, channels: 0, pixels: new Uint8Array(), labels: new Uint8Array() };
  return {
    size: first.size,
    channels: first.channels,
    pixels: Buffer.concat(sets.map(({ pixels }) => pixels)),
    labels: Buffer.concat(sets.map(({ labels }) => labels)),
  };
}
