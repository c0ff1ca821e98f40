import { readFileSync } from 'node:fs';

import { readSafetensors, type StoredTensor } from '@nse/safetensors';
import { floats, type Tensor } from '@nse/tensor';

import { goldenPath } from './golden.js';

/** All tensors of `<name>.safetensors` of the golden folder. */
export function readGoldenTensors(name: string): ReadonlyMap<string, StoredTensor> {
  return readSafetensors(readFileSync(goldenPath(`${name}.safetensors`))).tensors;
}

/** The tensor of that name; fails the test when there is none. */
export function stored(tensors: ReadonlyMap<string, StoredTensor>, name: string): StoredTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`the golden data has no tensor ${name}`);
  return tensor;
}

/** Activations are stored NCHW; the engine's are NHWC. */
export function activations({ shape, data }: StoredTensor): Tensor {
  const [batch = 1, channels = 1, height = 1, width = 1] = shape;
  const result = new Float32Array(data.length);
  eachActivation(shape, (nchw, nhwc) => (result[nhwc] = data[nchw] ?? NaN));
  return floats(result, [batch, height, width, channels]);
}

/** The engine's activations in the order in which the golden data has them. */
export function asStored(numbers: Float32Array, shape: readonly number[]): Float32Array {
  const result = new Float32Array(numbers.length);
  eachActivation(shape, (nchw, nhwc) => (result[nchw] = numbers[nhwc] ?? NaN));
  return result;
}

function eachActivation(shape: readonly number[], visit: (nchw: number, nhwc: number) => void): void {
  const [batch = 1, channels = 1, height = 1, width = 1] = shape;
  let nchw = 0;
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) visit(nchw++, ((n * height + y) * width + x) * channels + c);
}

/**
 * Fails unless every number is within `tolerance` of the tensor's largest value of what is stored, or within `noise`, where what is
 * stored may itself be rounding noise only.
 */
export function expectClose(
  name: string,
  actual: ArrayLike<number>,
  { data }: Pick<StoredTensor, 'data'>,
  { tolerance = 1e-4, noise = 0 } = {},
): void {
  expect({ name, count: actual.length }).toEqual({ name, count: data.length });
  let largest = 0;
  let difference = 0;
  for (let index = 0; index < data.length; index++) {
    const expected = data[index] ?? NaN;
    largest = Math.max(largest, Math.abs(expected));
    const distance = Math.abs((actual[index] ?? NaN) - expected);
    // Written so that a NaN counts as a difference.
    if (!(distance <= difference)) difference = distance;
  }
  if (!(difference <= tolerance * largest + noise)) {
    throw new Error(
      `${name} is off by ${difference}, which is ${difference / largest} of its largest value ${largest}`,
    );
  }
}
