import { NseError } from './error.js';
import type { Activation, Operation } from './operation.js';

/** (height, width) */
export type Pair = readonly [number, number];

/** One convolution of an operation, without bias, followed by batch norm and its activation. */
export interface Layer {
  readonly name:
    | 'expand'
    | 'depthwise'
    | 'row'
    | 'column'
    | 'spatial'
    | 'spatial1'
    | 'spatial2'
    | 'project'
    | 'stem'
    | 'tail';
  readonly kind: 'conv' | 'depthwise';
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  /** Symmetric, floor(effective kernel / 2) on each side, with stride 2 too. */
  readonly padding: Pair;
  readonly dilation: number;
  /** Output channels fall into that many contiguous blocks; each sees its own block of the input. */
  readonly groups: number;
  readonly sizeIn: Pair;
  readonly sizeOut: Pair;
  readonly activation: Activation | 'none';
  /** Channels inside the squeeze-excitation that follows the activation, where the operation has one. */
  readonly squeeze?: number;
}

/** Where an operation sits. `size` is the height and width of its input in pixels. */
export interface Placement {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: 1 | 2;
  readonly size: number;
}

const SQUEEZE_REDUCTION = 4;

type LayerShape = Pick<Layer, 'name' | 'inChannels' | 'outChannels'> &
  Partial<Pick<Layer, 'kind' | 'kernel' | 'stride' | 'dilation' | 'groups'>>;

/**
 * An operation's convolutions in order. Costs, latency keys and the engine's weights all follow from this
 * list (algorithm page, "Operations"). Throws INVALID_ARGUMENT when channels do not divide into the
 * operation's groups.
 */
export function layersOf(operation: Operation, placement: Placement): readonly Layer[] {
  const inner = placement.inChannels * operation.expansion;
  const [firstGroups, lastGroups] = operation.kind === 'MBConv' ? operation.groups : [1, 1];
  const shapes: LayerShape[] = [
    { name: 'expand', inChannels: placement.inChannels, outChannels: inner, groups: firstGroups },
    ...spatialShapes(operation, inner, placement.stride),
    { name: 'project', inChannels: inner, outChannels: placement.outChannels, groups: lastGroups },
  ];
  const activation = operation.activation ?? 'relu';
  const squeeze =
    operation.squeezeExcitation === true ? Math.max(1, Math.floor(inner / SQUEEZE_REDUCTION)) : 0;
  const layers: Layer[] = [];
  let size: Pair = [placement.size, placement.size];
  shapes.forEach((shape, position) => {
    const last = position === shapes.length - 1;
    const layer = convolution(shape, size, last ? 'none' : activation);
    layers.push(squeeze > 0 && position === shapes.length - 2 ? { ...layer, squeeze } : layer);
    size = layer.sizeOut;
  });
  return layers;
}

function spatialShapes(operation: Operation, channels: number, stride: 1 | 2): LayerShape[] {
  const k = operation.kernel;
  const same = { inChannels: channels, outChannels: channels };
  switch (operation.kind) {
    case 'MBConv': {
      const { dilation } = operation;
      const kernel = [k, k] as const;
      return [
        {
          ...same,
          name: 'depthwise',
          kind: 'depthwise',
          kernel,
          stride: [stride, stride],
          dilation,
          groups: channels,
        },
      ];
    }
    case 'Rectangular':
      return [
        { ...same, name: 'row', kernel: [1, k], stride: [1, stride] },
        { ...same, name: 'column', kernel: [k, 1], stride: [stride, 1] },
      ];
    case 'Conv':
      return [{ ...same, name: 'spatial', kernel: [k, k], stride: [stride, stride] }];
    case 'DualConv':
      return [
        { ...same, name: 'spatial1', kernel: [k, k] },
        { ...same, name: 'spatial2', kernel: [k, k], stride: [stride, stride] },
      ];
  }
}

/** Completes a convolution's shape. Defaults: kernel 1x1, stride 1, dilation 1, one group. */
export function convolution(shape: LayerShape, sizeIn: Pair, activation: Layer['activation']): Layer {
  const { kernel = [1, 1], stride = [1, 1], dilation = 1, groups = 1 } = shape;
  if (shape.inChannels % groups !== 0 || shape.outChannels % groups !== 0) {
    const channels = `${shape.inChannels} to ${shape.outChannels} channels`;
    throw new NseError('INVALID_ARGUMENT', `${shape.name}: ${channels} do not divide into ${groups} groups`, {
      field: 'network.widths',
    });
  }
  const reach = kernel.map((k) => Math.floor((dilation * (k - 1) + 1) / 2)) as [number, number];
  const size = (axis: 0 | 1) => {
    const effective = dilation * (kernel[axis] - 1) + 1;
    return Math.floor((sizeIn[axis] + 2 * reach[axis] - effective) / stride[axis]) + 1;
  };
  return {
    kind: 'conv',
    ...shape,
    kernel,
    stride,
    padding: reach,
    dilation,
    groups,
    sizeIn,
    sizeOut: [size(0), size(1)],
    activation,
  };
}

/**
 * Multiply-accumulates of one forward pass of one image. Batch norm, activations and squeeze-excitation count
 * nothing.
 */
export function layerMacs(layer: Layer): number {
  return layerWeights(layer) * layer.sizeOut[0] * layer.sizeOut[1];
}

/**
 * Trainable numbers: weights, scale and shift of the batch norm, and those of the squeeze-excitation that
 * follows.
 */
export function layerParameters(layer: Layer): number {
  const { outChannels, squeeze = 0 } = layer;
  const excitation = squeeze === 0 ? 0 : 2 * outChannels * squeeze + squeeze + outChannels;
  return layerWeights(layer) + 2 * outChannels + excitation;
}

function layerWeights({ inChannels, outChannels, kernel, groups }: Layer): number {
  return (inChannels / groups) * outChannels * kernel[0] * kernel[1];
}
