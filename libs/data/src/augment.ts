import { NseError, type Random } from '@nse/space';
import { type Augment } from './dataset.js';

/** Where an image is read from: moved by (dx, dy) pixels, and mirrored left to right. */
export interface Placement {
  readonly dx: number;
  readonly dy: number;
  readonly mirrored: boolean;
}

const unmoved: Placement = { dx: 0, dy: 0, mirrored: false };

/**
 * Draws the placement of one image of `size` pixels. A shift is what padding by an eighth and cropping anew
 * does: up to an eighth of the size each way.
 * Raises INVALID_ARGUMENT for an augmentation that needs more than the pixels in memory.
 */
export function drawPlacement(augment: Augment | undefined, size: number): Placement {
  switch (augment?.kind) {
    case undefined:
    case 'none':
      return unmoved;
    case 'flip':
      return { ...unmoved, mirrored: coin(augment.random) };
    case 'shift':
      return { ...shift(augment.random, size), mirrored: false };
    case 'shift-flip':
      return { ...shift(augment.random, size), mirrored: coin(augment.random) };
    case 'imagenet':
      throw new NseError('INVALID_ARGUMENT', 'augmentation imagenet needs a data set of kind folder', {
        field: 'train.augment',
      });
  }
}

function coin(random: Random): boolean {
  return random.below(2) === 1;
}

function shift(random: Random, size: number): { dx: number; dy: number } {
  const padding = Math.ceil(size / 8);
  return { dx: random.below(2 * padding + 1) - padding, dy: random.below(2 * padding + 1) - padding };
}
