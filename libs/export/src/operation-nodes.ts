import { type Activation, type Layer, layersOf, type Operation, type Placement } from '@nse/space';

import { foldBatchNorm, type Scales } from './fold.js';
import type { ConvShape, GraphBuilder, WeightAndBias } from './graph-builder.js';
import type { ValueName } from './graph.js';
import type { WeightSource } from './weight-source.js';

/** A graph in the making and where its weights come from. */
export interface Drawing {
  readonly builder: GraphBuilder;
  readonly weights: WeightSource;
}

/**
 * Adds one operation's nodes; names begin with `name`, such as `cells.3.ops.7`. Its first convolution takes the scale of
 * its input out, its last one puts that of the output in; what is between, activations too, is as in the network.
 */
export function addOperation(
  drawing: Drawing,
  name: string,
  operation: Operation,
  placement: Placement,
  input: ValueName,
  scales: Required<Scales>,
): ValueName {
  const layers = layersOf(operation, placement);
  return layers.reduce((value, layer, position) => {
    const layerScales = {
      in: position === 0 ? scales.in : 1,
      out: position === layers.length - 1 ? scales.out : 1,
    };
    const out = addNormedLayer(drawing, `${name}.${layer.name}`, layer, value, layerScales);
    if (layer.squeeze === undefined) return out;
    const activation = operation.activation ?? 'relu';
    return addSqueeze(drawing, `${name}.se`, out, layer.outChannels, layer.squeeze, activation);
  }, input);
}

/** A convolution with its batch norm and activation. */
export function addNormedLayer(
  { builder, weights }: Drawing,
  name: string,
  layer: Layer,
  input: ValueName,
  scales: Scales = {},
): ValueName {
  const weight = weights(`${name}.conv.weight`, weightShape(layer), kindOf(layer.activation));
  const channels = [layer.outChannels];
  const norm = {
    gamma: weights(`${name}.bn.gamma`, channels, 'gamma'),
    beta: weights(`${name}.bn.beta`, channels, 'beta'),
    mean: weights(`${name}.bn.mean`, channels, 'mean'),
    variance: weights(`${name}.bn.variance`, channels, 'variance'),
  };
  return addActivated(builder, name, layer, input, foldBatchNorm(weight, norm, scales), layer.activation);
}

/** A convolution and its activation: ReLU within the node, Swish as x * sigmoid(x). */
export function addActivated(
  builder: GraphBuilder,
  name: string,
  shape: ConvShape,
  input: ValueName,
  numbers: WeightAndBias,
  activation: Activation | 'none',
): ValueName {
  const out = builder.conv(name, input, shape, numbers, activation === 'relu');
  if (activation !== 'swish') return out;
  return builder.multiply(`${name}.swish`, out, builder.sigmoid(`${name}.sigmoid`, out));
}

/** Squeeze-excitation; its layers are 1x1 convolutions of the one point that is left of the map. */
function addSqueeze(
  { builder, weights }: Drawing,
  name: string,
  input: ValueName,
  channels: number,
  squeezed: number,
  activation: Activation,
): ValueName {
  const layer = (part: string, from: ValueName, shape: ConvShape, after: Activation | 'none'): ValueName => {
    const numbers = {
      weight: weights(`${name}.${part}.weight`, weightShape(shape), kindOf(after)),
      bias: weights(`${name}.${part}.bias`, [shape.outChannels], 'bias'),
    };
    return addActivated(builder, `${name}.${part}`, shape, from, numbers, after);
  };
  const average = builder.globalAveragePool(`${name}.average`, input);
  const reduced = layer('reduce', average, pointwise(channels, squeezed, 1), activation);
  const restored = layer('restore', reduced, pointwise(squeezed, channels, 1), 'none');
  return builder.multiply(`${name}.scale`, input, builder.sigmoid(`${name}.gate`, restored));
}

/** A 1x1 convolution of a map of that height and width. */
export function pointwise(inChannels: number, outChannels: number, size: number): ConvShape {
  const one = [1, 1] as const;
  const rest = { kernel: one, stride: one, padding: [0, 0], dilation: 1, groups: 1 } as const;
  return { inChannels, outChannels, ...rest, sizeOut: [size, size] };
}

/** As in model.safetensors: (out, in / groups, height, width). */
export function weightShape({ inChannels, outChannels, groups, kernel }: ConvShape): readonly number[] {
  return [outChannels, inChannels / groups, ...kernel];
}

export function kindOf(activation: Layer['activation']): 'activated' | 'plain' {
  return activation === 'none' ? 'plain' : 'activated';
}
