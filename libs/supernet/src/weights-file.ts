import { NseError } from '@nse/space';
import { readSafetensors, type StoredTensor, writeSafetensors } from '@nse/safetensors';

import type { WeightKind, WeightPlace } from './weight-place.js';
import { Weights } from './weights.js';

/**
 * The weights of these places as a safetensors file, in PyTorch's layout (convolutions OIHW, depthwise (channels, 1, height,
 * width), linear (out, in)), so that PyTorch reads them with `safetensors.torch.load_file`. Throws NOT_FOUND.
 */
export function encodeWeights(
  weights: Weights,
  places: readonly WeightPlace[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const tensors = new Map<string, StoredTensor>();
  for (const place of places) tensors.set(place.name, toFileLayout(place, weights.numbers(place.name)));
  return writeSafetensors(tensors, metadata);
}

/** The weights of these places out of such a file; what else it holds is left. Throws INVALID_ARGUMENT. */
export function decodeWeights(file: Uint8Array, places: readonly WeightPlace[]): Weights {
  const { tensors } = readSafetensors(file);
  const numbers = places.map((place) => {
    const stored = tensors.get(place.name);
    if (stored === undefined) throw unfit(place.name, 'is missing');
    return [place, fromFileLayout(place, stored)] as const;
  });
  const weights = new Weights();
  for (const [{ name, shape }, values] of numbers) weights.setNumbers(name, values, shape);
  return weights;
}

/** From the engine's layout to the file's. */
export function toFileLayout({ shape, kind }: WeightPlace, numbers: Float32Array): StoredTensor {
  const order = fileOrder(kind);
  const data = order === undefined ? numbers : permuted(numbers, shape, order);
  const stored = order === undefined ? shape : order.map((axis) => shape[axis] ?? 1);
  return { shape: kind === 'pointwise' ? [...stored, 1, 1] : stored, data };
}

/** From the file's layout to the engine's. Throws INVALID_ARGUMENT when the tensor has another shape or type. */
export function fromFileLayout(place: WeightPlace, stored: StoredTensor): Float32Array {
  const { name, shape, kind } = place;
  const expected = toFileLayout(place, new Float32Array(stored.data.length)).shape;
  if (expected.join() !== stored.shape.join()) {
    throw unfit(name, `has shape ${stored.shape.join('x')}, not ${expected.join('x')}`);
  }
  if (!(stored.data instanceof Float32Array)) throw unfit(name, 'is not of type F32');
  const order = fileOrder(kind);
  if (order === undefined) return stored.data;
  const back = order.map((_, axis) => order.indexOf(axis));
  return permuted(
    stored.data,
    order.map((axis) => shape[axis] ?? 1),
    back,
  );
}

/** Axes of the engine's layout in the order of the file's. */
function fileOrder(kind: WeightKind): readonly number[] | undefined {
  switch (kind) {
    case 'convolution':
      return [3, 2, 0, 1];
    case 'depthwise':
      return [2, 3, 0, 1];
    case 'pointwise':
    case 'linear':
      return [1, 0];
    case 'bias':
    case 'gamma':
    case 'beta':
    case 'mean':
    case 'variance':
      return undefined;
  }
}

/** The numbers with axes in another order: axis i of the result is axis order[i] of the input. */
function permuted(numbers: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = order.map((axis) => shape[axis] ?? 1);
  const steps = order.map((axis) => strides[axis] ?? 0);
  const result = new Float32Array(numbers.length);
  const at = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = numbers[from] ?? 0;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const step = steps[axis] ?? 0;
      const size = sizes[axis] ?? 1;
      const next = (at[axis] ?? 0) + 1;
      from += step;
      at[axis] = next;
      if (next < size) break;
      from -= step * size;
      at[axis] = 0;
    }
  }
  return result;
}

function unfit(name: string, reason: string): NseError {
  return new NseError('INVALID_ARGUMENT', `the weights do not fit the network: ${name} ${reason}`, {
    field: name,
  });
}
