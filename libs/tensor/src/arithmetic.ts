import type { Tensor } from '@tensorflow/tfjs-core';

import { type Attributes, FLOAT, INT32, kernel } from './kernel.js';
import { constantIntegers, constantScalar } from './tensor.js';

const ELEMENTWISE = { T: FLOAT };
const sums: Attributes[] = [];
const REDUCTION = { keep_dims: false, T: FLOAT, Tidx: INT32 };

/** Element by element, with TensorFlow's broadcasting. The caller owns the result, as with all of these. */
export function add(a: Tensor, b: Tensor): Tensor {
  return kernel('AddV2', ELEMENTWISE, [a, b]);
}

export function subtract(a: Tensor, b: Tensor): Tensor {
  return kernel('Sub', ELEMENTWISE, [a, b]);
}

export function multiply(a: Tensor, b: Tensor): Tensor {
  return kernel('Mul', ELEMENTWISE, [a, b]);
}

/** The tensor times a number. The number's tensor is kept: for few different ones. */
export function scale(a: Tensor, factor: number): Tensor {
  return kernel('Mul', ELEMENTWISE, [a, constantScalar(factor)]);
}

/** The sum of equally shaped tensors in one pass; at least one. */
export function addAll(terms: readonly Tensor[]): Tensor {
  const count = terms.length;
  const attributes = (sums[count] ??= { T: FLOAT, N: { int: count } });
  return kernel('AddN', attributes, terms);
}

/** The sum over these axes, which go away. */
export function sumOver(x: Tensor, axes: readonly number[]): Tensor {
  return kernel('Sum', REDUCTION, [x, constantIntegers(axes)]);
}

export function meanOver(x: Tensor, axes: readonly number[]): Tensor {
  return kernel('Mean', REDUCTION, [x, constantIntegers(axes)]);
}

/** A bias per channel, the last axis. */
export function biasAdd(x: Tensor, bias: Tensor): Tensor {
  return kernel('BiasAdd', ELEMENTWISE, [x, bias]);
}

/** Takes the tensors away. */
export function dispose(...tensors: readonly (Tensor | undefined)[]): void {
  for (const tensor of tensors) tensor?.dispose();
}
