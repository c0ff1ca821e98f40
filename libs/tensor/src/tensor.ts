import type { Tensor } from '@tensorflow/tfjs-core';

import { backend } from './backend.js';

export type { Tensor } from '@tensorflow/tfjs-core';

/** A tensor of these numbers, which are shared, not copied: they must not change afterwards. The caller owns the tensor. */
export function floats(values: Float32Array, shape: readonly number[]): Tensor {
  return backend().tf.tensor(values, [...shape], 'float32');
}

export function integers(values: Int32Array, shape: readonly number[]): Tensor {
  return backend().tf.tensor(values, [...shape], 'int32');
}

/** The numbers of a float tensor, in its order. Costs a copy and waits for the kernel. */
export function read(tensor: Tensor): Float32Array {
  // The binding's arrays belong to the realm that loaded it: `instanceof` fails on them in a test's own realm.
  return new Float32Array(tensor.dataSync<'float32'>());
}

/** The one number of a tensor that holds one. */
export function readScalar(tensor: Tensor): number {
  return tensor.dataSync<'float32'>()[0] ?? NaN;
}

const constants = new Map<string, Tensor>();

/** Whole numbers that a kernel takes as an input, such as a shape. Kept for the life of the process; never dispose it. */
export function constantIntegers(
  values: readonly number[],
  shape: readonly number[] = [values.length],
): Tensor {
  const key = `${shape.join('x')}:${values.join()}`;
  let constant = constants.get(key);
  if (constant === undefined) {
    const { tf } = backend();
    constant = tf.keep(tf.tensor([...values], [...shape], 'int32'));
    constants.set(key, constant);
  }
  return constant;
}

/** A float constant of shape [], kept for the life of the process; for numbers of which there are few. */
export function constantScalar(value: number): Tensor {
  const key = `f:${value}`;
  let constant = constants.get(key);
  if (constant === undefined) {
    const { tf } = backend();
    constant = tf.keep(tf.scalar(value, 'float32'));
    constants.set(key, constant);
  }
  return constant;
}

/** A second handle on the same numbers, without a copy; they are freed when all handles are disposed of. */
export function share(tensor: Tensor): Tensor {
  return tensor.clone();
}

/** Tensors that the engine holds in all, constants too: for leak checks. */
export function liveTensors(): number {
  return backend().native.binding.getNumOfTensors();
}
