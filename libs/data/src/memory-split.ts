import { NseError } from '@nse/space';
import { drawPlacement, type Placement } from './augment.js';
import { type Augment, type Batch, type Split } from './dataset.js';
import { type Normalisation, normalisationTable } from './normalise.js';
import { type PixelSet } from './pixels.js';

/** A split whose images are bytes in memory; a batch becomes numbers only when it is read. */
export class MemorySplit implements Split {
  readonly count: number;
  private readonly table: Float32Array;

  /** `members` are the places in `set` of the split's images, in the split's order. */
  constructor(
    private readonly set: PixelSet,
    private readonly members: Int32Array,
    normalisation: Normalisation,
  ) {
    this.count = members.length;
    this.table = normalisationTable(normalisation);
  }

  read(indices: Int32Array, augment?: Augment): Promise<Batch> {
    try {
      return Promise.resolve(this.batch(indices, augment));
    } catch (error) {
      return Promise.reject(NseError.from(error));
    }
  }

  private batch(indices: Int32Array, augment: Augment | undefined): Batch {
    const { size, channels, labels } = this.set;
    const count = indices.length;
    const batch = {
      images: new Float32Array(count * size * size * channels),
      labels: new Int32Array(count),
      count,
    };
    for (const [position, index] of indices.entries()) {
      const member = memberAt(this.members, index);
      batch.labels[position] = labels[member] ?? 0;
      this.place(member, batch.images, position, drawPlacement(augment, size));
    }
    return batch;
  }

  /** Writes one image into its place of the batch, row by row; what a shift uncovers is black. */
  private place(member: number, images: Float32Array, position: number, placement: Placement): void {
    const { size, channels } = this.set;
    const { dx, dy, mirrored } = placement;
    const row = size * channels;
    const source = member * size * row;
    const target = position * size * row;
    if (dx !== 0 || dy !== 0) this.blacken(images, target, size * row);
    const firstX = Math.max(0, -dx);
    const width = size - Math.abs(dx);
    const fromX = mirrored ? size - 1 - firstX - dx : firstX + dx;
    const step = mirrored ? -channels : channels;
    for (let y = Math.max(0, -dy); y < Math.min(size, size - dy); y++) {
      const from = source + (y + dy) * row + fromX * channels;
      this.copyRow(images, target + y * row + firstX * channels, from, step, width);
    }
  }

  private blacken(images: Float32Array, start: number, length: number): void {
    const { channels } = this.set;
    for (let at = 0; at < length; at++) images[start + at] = this.table[at % channels] ?? 0;
  }

  private copyRow(images: Float32Array, to: number, from: number, step: number, width: number): void {
    const { table, set } = this;
    const { pixels, channels } = set;
    for (let channel = 0; channel < channels; channel++) {
      let source = from + channel;
      let target = to + channel;
      for (let x = 0; x < width; x++, source += step, target += channels) {
        images[target] = table[(pixels[source] ?? 0) * channels + channel] ?? 0;
      }
    }
  }
}

/** Raises INVALID_ARGUMENT where `index` is not one of the split's places. */
export function memberAt(members: Int32Array, index: number): number {
  const member = members[index];
  if (member !== undefined) return member;
  throw new NseError('INVALID_ARGUMENT', `image ${index} is outside the split of ${members.length} images`);
}
