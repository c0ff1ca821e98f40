import { type Layer, NseError } from '@nse/space';

import type { Graph, GraphNode, MapShape, ValueName } from './graph.js';

/** What a convolution node needs beside its numbers. `Layer` has it all. */
export type ConvShape = Pick<
  Layer,
  'inChannels' | 'outChannels' | 'kernel' | 'stride' | 'padding' | 'dilation' | 'groups' | 'sizeOut'
>;

/** weight (out, in / groups, height, width) or (out, in); bias (out) */
export interface WeightAndBias {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** Collects a graph's nodes in an order in which they can run. A value has the name of the node that gives it. */
export class GraphBuilder {
  readonly #nodes: GraphNode[] = [];
  readonly #shapes = new Map<ValueName, MapShape>();

  constructor(private readonly input: Graph['input']) {
    this.#shapes.set(input.name, input.shape);
  }

  conv(
    name: string,
    input: ValueName,
    shape: ConvShape,
    { weight, bias }: WeightAndBias,
    relu: boolean,
  ): ValueName {
    const { inChannels, outChannels, kernel, stride, padding, dilation, groups, sizeOut } = shape;
    const geometry = { inChannels, outChannels, kernel, stride, padding, dilation, groups };
    const node = { kind: 'conv', name, output: name, input, ...geometry, relu, weight, bias } as const;
    return this.#push(node, [outChannels, ...sizeOut]);
  }

  linear(
    name: string,
    input: ValueName,
    { weight, bias }: WeightAndBias,
    output: ValueName = name,
  ): ValueName {
    const outFeatures = bias.length;
    const inFeatures = weight.length / outFeatures;
    const node = { kind: 'linear', name, output, input, inFeatures, outFeatures, weight, bias } as const;
    return this.#push(node, [outFeatures, 1, 1]);
  }

  add(name: string, first: ValueName, second: ValueName): ValueName {
    return this.#push({ kind: 'add', name, output: name, inputs: [first, second] }, this.shapeOf(first));
  }

  /** `second` may be (channels, 1, 1). */
  multiply(name: string, first: ValueName, second: ValueName): ValueName {
    return this.#push({ kind: 'multiply', name, output: name, inputs: [first, second] }, this.shapeOf(first));
  }

  sigmoid(name: string, input: ValueName): ValueName {
    return this.#push({ kind: 'sigmoid', name, output: name, input }, this.shapeOf(input));
  }

  globalAveragePool(name: string, input: ValueName): ValueName {
    const [channels] = this.shapeOf(input);
    return this.#push({ kind: 'globalAveragePool', name, output: name, input }, [channels, 1, 1]);
  }

  shapeOf(value: ValueName): MapShape {
    const shape = this.#shapes.get(value);
    if (shape === undefined) throw new NseError('INTERNAL', `no node of the graph gives ${value}`);
    return shape;
  }

  graph(output: ValueName): Graph {
    return { input: this.input, output, nodes: this.#nodes, shapes: this.#shapes };
  }

  #push(node: GraphNode, shape: MapShape): ValueName {
    if (this.#shapes.has(node.output)) {
      throw new NseError('INTERNAL', `two nodes of the graph give ${node.output}`);
    }
    this.#nodes.push(node);
    this.#shapes.set(node.output, shape);
    return node.output;
  }
}
