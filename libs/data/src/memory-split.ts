import { NseError } from '@nse/space';
import { drawPlacement } from './augment.js';
import { type Augment, type Batch, type Split } from './dataset.js';
import { type Normalisation, normalisationTable } from './normalise.js';
import { type PixelSet } from './pixels.js';
import { writePlaced } from './placing.js';

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
      const place = { from: member, to: position };
      writePlaced(this.set, place, drawPlacement(augment, size), this.table, batch.images);
    }
    return batch;
  }
}

/** Raises INVALID_ARGUMENT where `index` is not one of the split's places. */
export function memberAt(members: Int32Array, index: number): number {
  const member = members[index];
  if (member !== undefined) return member;
  throw new NseError('INVALID_ARGUMENT', `image ${index} is outside the split of ${members.length} images`);
}
