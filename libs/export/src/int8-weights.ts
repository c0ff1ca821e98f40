import { NseError } from '@nse/space';
import type { Quantization, TfliteTensor } from './tflite-model.js';

/** Symmetric: -128 is left out, as LiteRT demands of weights. */
const GREATEST = 127;
/** A bias is kept well within int32. */
const GREATEST_BIAS = 2 ** 30;

/**
 * A weight in int8, symmetric, with a scale for each index of the axis or one for all. A scale is never so small that the
 * bias, in steps of the input's scale times it, would leave int32.
 */
export function quantizeWeight(
  weight: TfliteTensor,
  axis: number | 'none',
  scaleIn: number,
  bias: TfliteTensor,
): TfliteTensor {
  const numbers = floatsOf(weight);
  const biases = floatsOf(bias);
  const count = axis === 'none' ? 1 : (weight.shape[axis] ?? 1);
  const inner = axis === 'none' ? numbers.length : weight.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const channelOf = (index: number) => Math.floor(index / inner) % count;
  const most = new Float64Array(count);
  numbers.forEach((value, index) => {
    const channel = channelOf(index);
    most[channel] = Math.max(most[channel] ?? 0, Math.abs(value));
  });
  const scales = Array.from(most, (greatest, channel) => {
    const ofBias = axis === 'none' ? biases : biases.subarray(channel, channel + 1);
    const least =
      ofBias.reduce((top, value) => Math.max(top, Math.abs(value)), 0) / (scaleIn * GREATEST_BIAS);
    return Math.fround(Math.max(greatest / GREATEST, least)) || 1;
  });
  const data = Int8Array.from(numbers, (value, index) => Math.round(value / (scales[channelOf(index)] ?? 1)));
  const quantization = { scales, zeroPoints: scales.map(() => 0), axis: axis === 'none' ? 0 : axis };
  return { ...weight, type: 'int8', data, quantization };
}

/** A bias in int32, in steps of the input's scale times the weight's. */
export function quantizeBias(bias: TfliteTensor, scaleIn: number, { scales }: Quantization): TfliteTensor {
  const steps = scales.map((scale) => Math.fround(scale * scaleIn));
  const stepOf = (channel: number) => steps[steps.length === 1 ? 0 : channel] ?? 1;
  const data = Int32Array.from(floatsOf(bias), (value, channel) => Math.round(value / stepOf(channel)));
  return {
    ...bias,
    type: 'int32',
    data,
    quantization: { scales: steps, zeroPoints: steps.map(() => 0), axis: 0 },
  };
}

function floatsOf({ name, data }: TfliteTensor): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new NseError('INTERNAL', `${name} holds no float32`);
}
