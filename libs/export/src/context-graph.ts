import {
  type Activation,
  type Cell,
  type MacroNetwork,
  NseError,
  type Operation,
  tailLayer,
} from '@nse/space';

import { addCell } from './cell-nodes.js';
import { addStem, addTail, IMAGES } from './end-nodes.js';
import { GraphBuilder } from './graph-builder.js';
import type { Graph, MapShape, ValueName } from './graph.js';
import { addActivated, type Drawing, kindOf, pointwise, weightShape } from './operation-nodes.js';
import { drawnWeights } from './weight-source.js';

/** Channels of the input and the output of a graph that surrounds what is measured: little work, whole vector registers. */
const OUTER_CHANNELS = 8;

/** What is measured in context, and where it stands. */
export interface ContextInput {
  readonly operation: Operation;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: 1 | 2;
  /** Height and width of the operation's input. */
  readonly size: number;
  /** Whether the cell has the identity. */
  readonly identity: boolean;
  /** Copies of the operation. */
  readonly branches: number;
  /** One of them comes after each copy, those that are left over after the last. None by default. */
  readonly between?: readonly Operation[];
  readonly seed: number;
}

/** The part of a network outside of its cells. */
export interface EndInput {
  readonly network: MacroNetwork;
  /** As retrained; default 'relu'. */
  readonly activation?: Activation;
  readonly seed: number;
}

/**
 * A cell with `branches` copies of an operation between two 1x1 convolutions. Each copy has weights of its own, so no
 * runtime can merge them: graphs of b and of a copies differ in time by (b - a) times the operation and an addition.
 * Throws INVALID_ARGUMENT for no branch without identity, an identity that cannot be, and channels that do not divide into
 * the operation's groups.
 */
export function contextGraph({
  operation,
  branches,
  between = [],
  seed,
  size,
  ...rest
}: ContextInput): Graph {
  const { inChannels, outChannels, stride, identity } = rest;
  if (identity && (stride !== 1 || inChannels !== outChannels)) {
    const description = 'asks for stride 1 and as many channels out as in';
    throw NseError.invalid([{ field: 'identity', description }]);
  }
  const sizeOut = Math.ceil(size / stride);
  const cell: Cell = { ...rest, index: 0, kind: identity ? 'N' : 'R', sizeIn: size, sizeOut };
  const rounds = Array.from({ length: Math.max(branches, between.length) }, (_, place) => [
    ...(place < branches ? [operation] : []),
    ...between.slice(place, place + 1),
  ]);
  const pool = { name: 'context', operations: rounds.flat() };
  const drawing = drawingOf([OUTER_CHANNELS, size, size], seed);
  const input = addOuter(drawing, 'before', IMAGES, inChannels, 'relu');
  const { value } = addCell(drawing, { cell, operations: [...pool.operations.keys()] }, pool, {
    value: input,
    scale: 1,
  });
  return drawing.builder.graph(addOuter(drawing, 'after', value, OUTER_CHANNELS, 'none'));
}

/** The stem on images, and a 1x1 convolution after it. */
export function stemGraph({ network, seed, activation = 'relu' }: EndInput): Graph {
  const { imageChannels, imageSize } = network;
  const drawing = drawingOf([imageChannels, imageSize, imageSize], seed);
  const { value } = addStem(drawing, network, activation, IMAGES);
  return drawing.builder.graph(addOuter(drawing, 'after', value, OUTER_CHANNELS, 'none'));
}

/** The tail on what the last cell gives, and a 1x1 convolution before it. */
export function tailGraph({ network, seed, activation = 'relu' }: EndInput): Graph {
  const { inChannels, sizeOut } = tailLayer(network);
  const drawing = drawingOf([OUTER_CHANNELS, ...sizeOut], seed);
  const value = addOuter(drawing, 'before', IMAGES, inChannels, 'relu');
  return drawing.builder.graph(addTail(drawing, network, activation, { value, scale: 1 }));
}

function drawingOf(shape: MapShape, seed: number): Drawing {
  return { builder: new GraphBuilder({ name: IMAGES, shape }), weights: drawnWeights(seed) };
}

/** A 1x1 convolution of what surrounds. */
function addOuter(
  { builder, weights }: Drawing,
  name: string,
  input: ValueName,
  outChannels: number,
  activation: Activation | 'none',
): ValueName {
  const [inChannels, size] = builder.shapeOf(input);
  const shape = pointwise(inChannels, outChannels, size);
  const numbers = {
    weight: weights(`${name}.weight`, weightShape(shape), kindOf(activation)),
    bias: weights(`${name}.bias`, [outChannels], 'bias'),
  };
  return addActivated(builder, name, shape, input, numbers, activation);
}
