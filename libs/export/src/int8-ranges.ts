import { NseError } from '@nse/space';
import type { ConvNode, Graph, GraphNode, LinearNode, MapShape, ValueName } from './graph.js';

/** The least and the greatest number that each value of a graph took. */
export type ActivationRanges = ReadonlyMap<ValueName, readonly [low: number, high: number]>;

/**
 * Runs a graph image by image in plain JavaScript and notes the range of every value, for a file of int8. Slow beside a
 * runtime, but needs none, and a hundred images are enough.
 */
export class RangeFinder {
  readonly #ranges = new Map<ValueName, [number, number]>();

  constructor(private readonly graph: Graph) {}

  /**
   * Takes one image, (channels, height, width), and gives the graph's output for it. Throws INVALID_ARGUMENT for an image of
   * another size.
   */
  see(image: Float32Array): Float32Array {
    const { input, nodes, shapes, output } = this.graph;
    if (image.length !== countOf(input.shape)) {
      const description = `has ${image.length} numbers, the network takes ${input.shape.join(' x ')}`;
      throw NseError.invalid([{ field: 'image', description }]);
    }
    const values = new Map([[input.name, image]]);
    this.#note(input.name, image);
    for (const node of nodes) {
      const value = runNode(node, values, shapes);
      values.set(node.output, value);
      this.#note(node.output, value);
    }
    return valueOf(values, output);
  }

  /** Over all images so far. */
  ranges(): ActivationRanges {
    return this.#ranges;
  }

  #note(name: ValueName, numbers: Float32Array): void {
    const range = this.#ranges.get(name) ?? [Infinity, -Infinity];
    for (const number of numbers) {
      if (number < range[0]) range[0] = number;
      if (number > range[1]) range[1] = number;
    }
    this.#ranges.set(name, range);
  }
}

type Values = ReadonlyMap<ValueName, Float32Array>;

function runNode(node: GraphNode, values: Values, shapes: Graph['shapes']): Float32Array {
  switch (node.kind) {
    case 'conv':
      return convolve(
        node,
        valueOf(values, node.input),
        shapeOf(shapes, node.input),
        shapeOf(shapes, node.output),
      );
    case 'linear':
      return multiplyMatrix(node, valueOf(values, node.input));
    case 'add': {
      const [first, second] = node.inputs.map((name) => valueOf(values, name));
      return (first ?? EMPTY).map((value, index) => value + (second?.[index] ?? NaN));
    }
    case 'multiply': {
      const [first = EMPTY, second = EMPTY] = node.inputs.map((name) => valueOf(values, name));
      const run = first.length / second.length;
      return first.map((value, index) => value * (second[Math.floor(index / run)] ?? NaN));
    }
    case 'sigmoid':
      return valueOf(values, node.input).map((value) => 1 / (1 + Math.exp(-value)));
    case 'globalAveragePool':
      return averages(valueOf(values, node.input), shapeOf(shapes, node.input));
  }
}

const EMPTY = new Float32Array(0);

function convolve(node: ConvNode, x: Float32Array, shapeIn: MapShape, shapeOut: MapShape): Float32Array {
  const { outChannels, inChannels, groups, kernel, weight, bias, relu } = node;
  const [, height, width] = shapeOut;
  const points = height * width;
  const pointsIn = shapeIn[1] * shapeIn[2];
  const [perGroupIn, perGroupOut] = [inChannels / groups, outChannels / groups];
  const area = kernel[0] * kernel[1];
  const out = new Float32Array(outChannels * points);
  for (let channel = 0; channel < outChannels; channel++) {
    const sum = new Float64Array(points).fill(bias[channel] ?? 0);
    const first = Math.floor(channel / perGroupOut) * perGroupIn;
    for (let from = 0; from < perGroupIn; from++) {
      const map = x.subarray((first + from) * pointsIn, (first + from + 1) * pointsIn);
      const at = (channel * perGroupIn + from) * area;
      addWindow(sum, map, weight.subarray(at, at + area), node, shapeIn, shapeOut);
    }
    for (let point = 0; point < points; point++) {
      const value = sum[point] ?? 0;
      out[channel * points + point] = relu && value < 0 ? 0 : value;
    }
  }
  return out;
}

/** Adds one input channel's share, tap by tap. */
function addWindow(
  sum: Float64Array,
  map: Float32Array,
  taps: Float32Array,
  { kernel, stride, padding, dilation }: ConvNode,
  [, heightIn, widthIn]: MapShape,
  [, height, width]: MapShape,
): void {
  taps.forEach((tap, index) => {
    const top = Math.floor(index / kernel[1]) * dilation - padding[0];
    const left = (index % kernel[1]) * dilation - padding[1];
    // The columns whose tap lies on the map.
    const begin = Math.max(0, Math.ceil(-left / stride[1]));
    const end = Math.min(width, Math.floor((widthIn - 1 - left) / stride[1]) + 1);
    for (let row = 0; row < height; row++) {
      const rowIn = row * stride[0] + top;
      if (rowIn < 0 || rowIn >= heightIn) continue;
      let from = rowIn * widthIn + begin * stride[1] + left;
      for (let to = row * width + begin; to < row * width + end; to++, from += stride[1]) {
        sum[to] = (sum[to] ?? 0) + tap * (map[from] ?? 0);
      }
    }
  });
}

function multiplyMatrix(
  { inFeatures, outFeatures, weight, bias }: LinearNode,
  x: Float32Array,
): Float32Array {
  return Float32Array.from({ length: outFeatures }, (_, row) => {
    const weights = weight.subarray(row * inFeatures, (row + 1) * inFeatures);
    return weights.reduce((sum, value, index) => sum + value * (x[index] ?? NaN), bias[row] ?? 0);
  });
}

function averages(x: Float32Array, [channels, height, width]: MapShape): Float32Array {
  const points = height * width;
  return Float32Array.from({ length: channels }, (_, channel) => {
    const map = x.subarray(channel * points, (channel + 1) * points);
    return map.reduce((sum, value) => sum + value, 0) / points;
  });
}

const countOf = (shape: MapShape): number => shape[0] * shape[1] * shape[2];

function valueOf(values: Values, name: ValueName): Float32Array {
  return known(values.get(name), name);
}

function shapeOf(shapes: Graph['shapes'], name: ValueName): MapShape {
  return known(shapes.get(name), name);
}

function known<T>(found: T | undefined, name: ValueName): T {
  if (found === undefined) throw new NseError('INTERNAL', `no node of the graph gives ${name}`);
  return found;
}
