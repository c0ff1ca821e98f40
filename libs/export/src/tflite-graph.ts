import { NseError } from '@nse/space';

import type { ConvNode, Graph, GraphNode, LinearNode, MapShape, ValueName } from './graph.js';
import { channelsLast } from './channels-last.js';
import {
  ADD_OPTIONS,
  convOptions,
  depthwiseOptions,
  FULLY_CONNECTED_OPTIONS,
  MEAN_OPTIONS,
  MULTIPLY_OPTIONS,
  PAD_OPTIONS,
  type TfliteModel,
  type TfliteOperator,
  type TfliteTensor,
} from './tflite-model.js';
import { windowOf } from './tflite-window.js';

/** The graph in TensorFlow Lite's terms: one image, channels last, weights in the operators' layouts. */
export function tfliteModel(graph: Graph): TfliteModel {
  const translation = new Translation(graph);
  for (const node of graph.nodes) translation.add(node);
  return translation.model();
}

class Translation {
  readonly #tensors: TfliteTensor[] = [];
  readonly #operators: TfliteOperator[] = [];
  readonly #values = new Map<ValueName, number>();
  #axes: number | undefined;

  constructor(private readonly graph: Graph) {
    this.#give(graph.input.name, mapShape(graph.input.shape));
  }

  model(): TfliteModel {
    const { input, output } = this.graph;
    return {
      tensors: this.#tensors,
      operators: this.#operators,
      inputs: [this.#value(input.name)],
      outputs: [this.#value(output)],
    };
  }

  add(node: GraphNode): void {
    switch (node.kind) {
      case 'conv':
        this.#conv(node);
        return;
      case 'linear':
        this.#linear(node);
        return;
      case 'add':
        this.#plain('ADD', node.inputs, node.output, ADD_OPTIONS);
        return;
      case 'multiply':
        this.#plain('MUL', node.inputs, node.output, MULTIPLY_OPTIONS);
        return;
      case 'sigmoid':
        this.#plain('LOGISTIC', [node.input], node.output);
        return;
      case 'globalAveragePool':
        this.#mean(node.input, node.output);
        return;
    }
  }

  #conv(node: ConvNode): void {
    const { name, kernel, stride, dilation, groups, inChannels, outChannels, relu } = node;
    const window = windowOf(node, this.#shape(node.input));
    const input = window.pad === undefined ? this.#value(node.input) : this.#pad(node, window.pad);
    const isDepthwise = groups > 1 && groups === inChannels && groups === outChannels;
    const weight = channelsLast(node.weight, [outChannels, inChannels / groups, ...kernel], isDepthwise);
    const inputs = [
      input,
      this.#constant(`${name}.weight`, weight.shape, weight.data),
      this.#constant(`${name}.bias`, [outChannels], node.bias),
    ];
    const outputs = [this.#give(node.output, mapShape(this.#shape(node.output)))];
    const options = { padding: window.padding, stride, dilation, relu };
    this.#operators.push(
      isDepthwise
        ? {
            name: 'DEPTHWISE_CONV_2D',
            version: dilation === 1 ? 1 : 2,
            inputs,
            outputs,
            options: depthwiseOptions(options),
          }
        : { name: 'CONV_2D', version: groups === 1 ? 1 : 6, inputs, outputs, options: convOptions(options) },
    );
  }

  /** The input with zeros around it; gives the tensor. */
  #pad({ name, input }: ConvNode, around: readonly (readonly [number, number])[]): number {
    const shape = mapShape(this.#shape(input)).map((size, axis) => {
      const [before = 0, after = 0] = around[axis] ?? [];
      return size + before + after;
    });
    const paddings = this.#constant(`${name}.paddings`, [around.length, 2], Int32Array.from(around.flat()));
    const output = this.#tensors.push({ name: `${name}.padded`, type: 'float32', shape }) - 1;
    const inputs = [this.#value(input), paddings];
    this.#operators.push({ name: 'PAD', version: 1, inputs, outputs: [output], options: PAD_OPTIONS });
    return output;
  }

  #linear(node: LinearNode): void {
    const { name, inFeatures, outFeatures, weight, bias } = node;
    const inputs = [
      this.#value(node.input),
      this.#constant(`${name}.weight`, [outFeatures, inFeatures], weight),
      this.#constant(`${name}.bias`, [outFeatures], bias),
    ];
    const outputs = [this.#give(node.output, [1, outFeatures])];
    const options = FULLY_CONNECTED_OPTIONS;
    this.#operators.push({ name: 'FULLY_CONNECTED', version: 1, inputs, outputs, options });
  }

  #mean(input: ValueName, output: ValueName): void {
    this.#axes ??= this.#constant('axes', [2], Int32Array.of(1, 2));
    const outputs = [this.#give(output, mapShape(this.#shape(output)))];
    const inputs = [this.#value(input), this.#axes];
    this.#operators.push({ name: 'MEAN', version: 1, inputs, outputs, options: MEAN_OPTIONS });
  }

  #plain(
    name: 'ADD' | 'MUL' | 'LOGISTIC',
    from: readonly ValueName[],
    to: ValueName,
    options?: TfliteOperator['options'],
  ): void {
    const inputs = from.map((value) => this.#value(value));
    const outputs = [this.#give(to, mapShape(this.#shape(to)))];
    this.#operators.push({ name, version: 1, inputs, outputs, ...(options && { options }) });
  }

  #give(value: ValueName, shape: readonly number[]): number {
    const index = this.#tensors.push({ name: value, type: 'float32', shape }) - 1;
    this.#values.set(value, index);
    return index;
  }

  #constant(name: string, shape: readonly number[], data: Float32Array | Int32Array): number {
    const type = data instanceof Float32Array ? 'float32' : 'int32';
    return this.#tensors.push({ name, type, shape, data }) - 1;
  }

  #value(value: ValueName): number {
    return known(this.#values.get(value), value);
  }

  #shape(value: ValueName): MapShape {
    return known(this.graph.shapes.get(value), value);
  }
}

function mapShape([channels, height, width]: MapShape): readonly number[] {
  return [1, height, width, channels];
}

function known<T>(found: T | undefined, value: ValueName): T {
  if (found === undefined) throw new NseError('INTERNAL', `no node of the graph gives ${value}`);
  return found;
}
