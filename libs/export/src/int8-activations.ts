import { NseError } from '@nse/space';
import type { ActivationRanges } from './int8-ranges.js';
import type { Quantization, TfliteModel } from './tflite-model.js';

const LEAST = -128;
const STEPS = 255;

/** What LiteRT demands of a sigmoid's output: all of int8 for 0 to 1. */
const SIGMOID: Quantization = { scales: [1 / 256], zeroPoints: [LEAST], axis: 0 };

/** How each tensor that is no constant is quantized, by its index: one scale a tensor, asymmetric. */
export function activationQuantizations(
  { tensors, operators, inputs }: TfliteModel,
  ranges: ActivationRanges,
): ReadonlyMap<number, Quantization> {
  const found = new Map<number, Quantization>();
  const byRange = (index: number) => {
    const name = tensors[index]?.name ?? '';
    found.set(index, quantizationOf(name, ranges.get(name)));
  };
  inputs.forEach(byRange);
  for (const { name, inputs: from, outputs } of operators) {
    const before = found.get(from[0] ?? -1);
    for (const output of outputs) {
      if (name === 'LOGISTIC') found.set(output, SIGMOID);
      // Zeros around the same numbers.
      else if (name === 'PAD' && before !== undefined) found.set(output, before);
      else byRange(output);
    }
  }
  return found;
}

/** The range is widened to hold 0, which must be exact: padding and ReLU are made of it. */
function quantizationOf(
  name: string,
  range: ActivationRanges extends ReadonlyMap<string, infer R> ? R | undefined : never,
): Quantization {
  if (range === undefined || !range.every(Number.isFinite)) {
    const description = `there is no range of ${name}: the ranges belong to another network`;
    throw NseError.invalid([{ field: 'ranges', description }]);
  }
  const [low, high] = [Math.min(0, range[0]), Math.max(0, range[1])];
  const scale = Math.fround((high - low) / STEPS) || 1;
  return { scales: [scale], zeroPoints: [LEAST + Math.round(-low / scale)], axis: 0 };
}
