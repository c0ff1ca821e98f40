import type { Graph } from './graph.js';
import { activationQuantizations } from './int8-activations.js';
import type { ActivationRanges } from './int8-ranges.js';
import { quantizeBias, quantizeWeight } from './int8-weights.js';
import { tfliteModel } from './tflite-graph.js';
import type {
  Quantization,
  TfliteModel,
  TfliteOperator,
  TfliteOperatorName,
  TfliteTensor,
} from './tflite-model.js';
import { writeTflite } from './tflite-writer.js';

/**
 * The graph as a TensorFlow Lite file that computes in int8 throughout: weights of convolutions with a scale for each output
 * channel, of the linear layer with one, activations by `ranges`, biases of int32. Input and output are float32, as in
 * `tfliteFile`. Throws INVALID_ARGUMENT for a value whose range is missing or not finite.
 */
export function tfliteInt8File(
  graph: Graph,
  ranges: ActivationRanges,
  metadata: Readonly<Record<string, string | Uint8Array>> = {},
): Uint8Array {
  return writeTflite(withFloatEnds(quantized(tfliteModel(graph), ranges)), metadata);
}

/** Least versions that run int8. */
const VERSIONS: Readonly<Record<TfliteOperatorName, number>> = {
  ADD: 2,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 3,
  DEQUANTIZE: 2,
  FULLY_CONNECTED: 4,
  LOGISTIC: 2,
  MUL: 2,
  PAD: 2,
  MEAN: 2,
  QUANTIZE: 1,
};

/** The axis of a weight that has a scale each index; none: one scale for all. */
const CHANNEL_AXES: Partial<Readonly<Record<TfliteOperatorName, number | 'none'>>> = {
  CONV_2D: 0,
  DEPTHWISE_CONV_2D: 3,
  FULLY_CONNECTED: 'none',
};

function quantized(model: TfliteModel, ranges: ActivationRanges): TfliteModel {
  const activations = activationQuantizations(model, ranges);
  const tensors = model.tensors.map((tensor, index): TfliteTensor => {
    const quantization = activations.get(index);
    return quantization === undefined ? tensor : { ...tensor, type: 'int8', quantization };
  });
  const operators = model.operators.map((operator): TfliteOperator => {
    const { name, inputs, version } = operator;
    const axis = CHANNEL_AXES[name];
    const [from = -1, weight = -1, bias = -1] = inputs;
    const [floatWeight, floatBias, quantization] = [tensors[weight], tensors[bias], activations.get(from)];
    if (axis !== undefined && floatWeight && floatBias && quantization) {
      const [scaleIn = 1] = quantization.scales;
      tensors[weight] = quantizeWeight(floatWeight, axis, scaleIn, floatBias);
      tensors[bias] = quantizeBias(floatBias, scaleIn, tensors[weight].quantization as Quantization);
    }
    return { ...operator, version: Math.max(version, VERSIONS[name]) };
  });
  return { ...model, tensors, operators };
}

/** Takes and gives float32: an operator before all others and one after them translate. */
function withFloatEnds(model: TfliteModel): TfliteModel {
  const tensors = [...model.tensors];
  const [input = 0] = model.inputs;
  const [output = 0] = model.outputs;
  const asFloat = (index: number): number => {
    const { name, shape } = tensors[index] as TfliteTensor;
    tensors[index] = { ...(tensors[index] as TfliteTensor), name: `${name}.int8` };
    return tensors.push({ name, shape, type: 'float32' }) - 1;
  };
  const [floatInput, floatOutput] = [asFloat(input), asFloat(output)];
  const first = {
    name: 'QUANTIZE',
    version: VERSIONS.QUANTIZE,
    inputs: [floatInput],
    outputs: [input],
  } as const;
  const last = {
    name: 'DEQUANTIZE',
    version: VERSIONS.DEQUANTIZE,
    inputs: [output],
    outputs: [floatOutput],
  } as const;
  return {
    tensors,
    operators: [first, ...model.operators, last],
    inputs: [floatInput],
    outputs: [floatOutput],
  };
}
