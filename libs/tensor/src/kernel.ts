import type { Tensor } from '@tensorflow/tfjs-core';

import { backend, type NativeAttribute } from './backend.js';

/** The value of one attribute of a TensorFlow operation. Lists are lists of whole numbers. */
export type Attribute =
  | string
  | boolean
  | readonly number[]
  | { readonly int: number }
  | { readonly float: number }
  | { readonly shape: readonly number[] }
  | { readonly type: 'float' | 'int32' };

export type Attributes = Readonly<Record<string, Attribute>>;

/** The type attribute of a float kernel. */
export const FLOAT = { type: 'float' } as const;
export const INT32 = { type: 'int32' } as const;

const translated = new WeakMap<Attributes, NativeAttribute[]>();

/**
 * Runs one TensorFlow kernel by its name in TensorFlow's operation registry, past tfjs's own layer: no tape, no shape
 * inference, 6 us a call. The caller owns the result. Keep `attributes` in a constant: their translation is remembered.
 */
export function kernel(name: string, attributes: Attributes, inputs: readonly Tensor[]): Tensor {
  return backend().native.executeSingleOutput(name, translate(attributes), inputs);
}

/** As `kernel`, for kernels with several outputs. The caller owns them all. */
export function kernels(
  name: string,
  attributes: Attributes,
  inputs: readonly Tensor[],
  outputs: number,
): Tensor[] {
  return backend().native.executeMultipleOutputs(name, translate(attributes), inputs, outputs);
}

function translate(attributes: Attributes): NativeAttribute[] {
  let native = translated.get(attributes);
  if (native === undefined) {
    native = Object.entries(attributes).map(([name, value]) => ({ name, ...translateOne(value) }));
    translated.set(attributes, native);
  }
  return native;
}

function translateOne(value: Attribute): Omit<NativeAttribute, 'name'> {
  const { binding } = backend().native;
  if (typeof value === 'string') return { type: binding.TF_ATTR_STRING, value };
  if (typeof value === 'boolean') return { type: binding.TF_ATTR_BOOL, value };
  if ('int' in value) return { type: binding.TF_ATTR_INT, value: value.int };
  if ('float' in value) return { type: binding.TF_ATTR_FLOAT, value: value.float };
  if ('shape' in value) return { type: binding.TF_ATTR_SHAPE, value: value.shape };
  if ('type' in value) {
    return {
      type: binding.TF_ATTR_TYPE,
      value: value.type === 'float' ? binding.TF_FLOAT : binding.TF_INT32,
    };
  }
  return { type: binding.TF_ATTR_INT, value };
}
