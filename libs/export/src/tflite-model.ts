/** Types of tensors, by their numbers in TensorFlow Lite's published schema.fbs. */
export const TENSOR_TYPES = { float32: 0, int32: 2, int8: 9 } as const;

/** Operators, by their numbers in the schema. */
export const OPERATORS = {
  ADD: 0,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 4,
  DEQUANTIZE: 6,
  FULLY_CONNECTED: 9,
  LOGISTIC: 14,
  MUL: 18,
  PAD: 34,
  MEAN: 40,
  QUANTIZE: 114,
} as const;

export type TfliteOperatorName = keyof typeof OPERATORS;

/** q stands for scale * (q - zeroPoint); one scale for the tensor, or one for each index of the axis. */
export interface Quantization {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

export interface TfliteTensor {
  readonly name: string;
  readonly type: keyof typeof TENSOR_TYPES;
  /** (batch, height, width, channels), or as the operator wants its weights. */
  readonly shape: readonly number[];
  /** Of a constant. */
  readonly data?: Float32Array | Int32Array | Int8Array;
  readonly quantization?: Quantization;
}

export interface TfliteOperator {
  readonly name: TfliteOperatorName;
  /** The least version that runs it: older runtimes refuse what they do not know. */
  readonly version: number;
  /** Indices of tensors. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: TfliteOptions;
}

/** A table of the union BuiltinOptions: the union's number, and what its fields hold, by slot. */
export interface TfliteOptions {
  readonly union: number;
  readonly fields: readonly OptionField[];
}

export interface OptionField {
  readonly slot: number;
  readonly type: 'int8' | 'int32';
  readonly value: number;
  /** Not written where it is that. */
  readonly default: number;
}

/** What a file holds, in the terms of the schema; `tflite-writer.ts` writes it. */
export interface TfliteModel {
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export type Padding = 'SAME' | 'VALID';

const PADDINGS = { SAME: 0, VALID: 1 } as const;
const RELU = 1;

const byte = (slot: number, value: number): OptionField => ({ slot, type: 'int8', value, default: 0 });
const int = (slot: number, value: number, standard = 0): OptionField => ({
  slot,
  type: 'int32',
  value,
  default: standard,
});

/** What convolutions share; strides are (height, width). */
export interface ConvOptions {
  readonly padding: Padding;
  readonly stride: readonly [number, number];
  readonly dilation: number;
  readonly relu: boolean;
}

export function convOptions({ padding, stride, dilation, relu }: ConvOptions): TfliteOptions {
  const window = [byte(0, PADDINGS[padding]), int(1, stride[1]), int(2, stride[0])];
  const rest = [byte(3, relu ? RELU : 0), int(4, dilation, 1), int(5, dilation, 1)];
  return { union: 1, fields: [...window, ...rest] };
}

export function depthwiseOptions({ padding, stride, dilation, relu }: ConvOptions): TfliteOptions {
  const window = [byte(0, PADDINGS[padding]), int(1, stride[1]), int(2, stride[0])];
  const multiplier = int(3, 1);
  const rest = [byte(4, relu ? RELU : 0), int(5, dilation, 1), int(6, dilation, 1)];
  return { union: 2, fields: [...window, multiplier, ...rest] };
}

/** Without activation. */
export const FULLY_CONNECTED_OPTIONS: TfliteOptions = { union: 8, fields: [] };
export const ADD_OPTIONS: TfliteOptions = { union: 11, fields: [] };
export const MULTIPLY_OPTIONS: TfliteOptions = { union: 21, fields: [] };
export const PAD_OPTIONS: TfliteOptions = { union: 22, fields: [] };
/** A mean that leaves the axes in place. */
export const MEAN_OPTIONS: TfliteOptions = { union: 27, fields: [byte(0, 1)] };
