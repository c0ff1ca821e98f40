import { floats, read, type Tensor } from '@nse/tensor';

const NUDGES = 12;
/** One rounding step of single precision. */
const STEP = 2 ** -23;

/**
 * Runs a check of gradients. Where a ReLU's input lies within rounding of 0, the order of sums alone decides on which side it
 * falls, and gradients jump; the tiny networks, with batch norm over a few numbers, have such places. So a check that fails
 * is tried again with images that are one rounding step away, and must hold for one of them. A wrong gradient never does.
 *
 * @param check gets the number of the attempt; 0 has the images as they are
 */
export function eitherSideOfZero(check: (attempt: number) => void): void {
  let first: unknown;
  for (let attempt = 0; attempt <= NUDGES; attempt++) {
    try {
      check(attempt);
      return;
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

/** The images of an attempt, in place of the given ones, which are freed. */
export function nudged(images: Tensor, attempt: number): Tensor {
  if (attempt === 0) return images;
  const side = (at: number) => Math.sign(Math.sin(at * attempt + attempt));
  const values = read(images).map((value, at) => value * (1 + STEP * side(at)));
  const result = floats(values, images.shape);
  images.dispose();
  return result;
}
