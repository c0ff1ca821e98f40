import { NseError, type Random, randomFrom } from '@nse/space';

/** A tensor of model.safetensors. */
export interface StoredWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** Where a graph's weights come from: the numbers of that name, shape and kind. */
export type WeightSource = (name: string, shape: readonly number[], kind: WeightKind) => Float32Array;

/**
 * `activated`: a convolution before an activation; `plain`: one without, or the linear layer; both (out, in / groups, ...).
 * The rest are (channels).
 */
export type WeightKind = 'activated' | 'plain' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance';

/** Weights that there are. The source throws INVALID_ARGUMENT for one that is missing or has another shape or type. */
export function storedWeights(weights: ReadonlyMap<string, StoredWeight>): WeightSource {
  return (name, shape) => {
    const stored = weights.get(name);
    if (stored === undefined) throw unfit(name, 'is missing');
    if (shape.join() !== stored.shape.join()) {
      throw unfit(name, `has shape ${stored.shape.join('x')}, not ${shape.join('x')}`);
    }
    const { data } = stored;
    if (!(data instanceof Float32Array)) throw unfit(name, 'is not of type F32');
    const count = countOf(shape);
    if (data.length !== count) throw unfit(name, `has ${data.length} numbers, its shape says ${count}`);
    return data;
  };
}

/**
 * Fresh weights, each drawn by its name: Kaiming uniform by fan-in (He et al., 2015), so that values neither grow nor
 * shrink from layer to layer, however deep; small shifts, and statistics of 0 and 1.
 */
export function drawnWeights(seed: number): WeightSource {
  return (name, shape, kind) =>
    draw(new Float32Array(countOf(shape)), shape, kind, () => randomFrom(seed, 'export', name));
}

const SHIFT = 0.1;

function draw(
  numbers: Float32Array,
  shape: readonly number[],
  kind: WeightKind,
  random: () => Random,
): Float32Array {
  switch (kind) {
    case 'activated':
    case 'plain': {
      const gain = kind === 'activated' ? 2 : 1;
      return fillUniform(numbers, Math.sqrt((3 * gain) / countOf(shape.slice(1))), random());
    }
    case 'bias':
    case 'beta':
      return fillUniform(numbers, SHIFT, random());
    case 'gamma':
    case 'variance':
      return numbers.fill(1);
    case 'mean':
      return numbers;
  }
}

function fillUniform(numbers: Float32Array, bound: number, random: Random): Float32Array {
  for (let index = 0; index < numbers.length; index++) numbers[index] = (2 * random.next() - 1) * bound;
  return numbers;
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function unfit(name: string, reason: string): NseError {
  const message = `the weights do not fit the network: ${name} ${reason}`;
  return new NseError('INVALID_ARGUMENT', message, { field: name });
}
