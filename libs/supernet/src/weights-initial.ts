import { NseError, type Random } from '@nse/space';

import type { WeightPlace } from './weight-place.js';
import type { Weights } from './weights.js';

/**
 * Fresh numbers for these places, drawn in their order: convolutions Kaiming normal with fan-out (He et al., 2015), where
 * fan-out is out channels * kernel area, not divided by groups (golden data, difference 13); batch norm 1 and 0;
 * linear layers uniform within +-1 / sqrt(inputs), as PyTorch's default.
 */
export function initialiseWeights(weights: Weights, places: readonly WeightPlace[], random: Random): void {
  for (const place of places) weights.setNumbers(place.name, initialNumbers(place, random), place.shape);
}

function initialNumbers({ name, shape, kind, fanIn }: WeightPlace, random: Random): Float32Array {
  const numbers = new Float32Array(shape.reduce((product, size) => product * size, 1));
  switch (kind) {
    case 'convolution':
    case 'depthwise':
    case 'pointwise':
      return fillNormal(numbers, Math.sqrt(2 / fanOut(name, shape, kind)), random);
    case 'linear':
      return fillUniform(numbers, 1 / Math.sqrt(shape[0] ?? 1), random);
    case 'bias':
      return fanIn === undefined ? numbers : fillUniform(numbers, 1 / Math.sqrt(fanIn), random);
    case 'gamma':
    case 'variance':
      return numbers.fill(1);
    case 'beta':
    case 'mean':
      return numbers;
  }
}

function fanOut(name: string, shape: readonly number[], kind: WeightPlace['kind']): number {
  if (kind === 'pointwise') return shape[1] ?? 1;
  const [height, width, inner, outer] = shape;
  if (height === undefined || width === undefined || inner === undefined || outer === undefined) {
    throw new NseError('INTERNAL', `${name} is a convolution of shape ${shape.join('x')}`);
  }
  return height * width * (kind === 'depthwise' ? inner : outer);
}

function fillUniform(numbers: Float32Array, bound: number, random: Random): Float32Array {
  for (let index = 0; index < numbers.length; index++) numbers[index] = (2 * random.next() - 1) * bound;
  return numbers;
}

/** Normal numbers in pairs, by Box and Muller's transform. */
function fillNormal(numbers: Float32Array, deviation: number, random: Random): Float32Array {
  for (let index = 0; index < numbers.length; index += 2) {
    // 1 - next() is in (0, 1]: the logarithm stays finite.
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random.next()));
    const angle = 2 * Math.PI * random.next();
    numbers[index] = radius * Math.cos(angle);
    if (index + 1 < numbers.length) numbers[index + 1] = radius * Math.sin(angle);
  }
  return numbers;
}
