import type { ConvNode, Graph, GraphNode, LinearNode, MapShape, ValueName } from './graph.js';
import {
  ATTRIBUTE_INT,
  ATTRIBUTE_INTS,
  ONNX_FLOAT,
  type OnnxAttribute,
  type OnnxModel,
  onnxModelType,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './onnx-schema.js';

/** Runs in ONNX Runtime from 1.12 (2022) on. */
const OPSET = 17;
const IR_VERSION = 8;

export interface OnnxOptions {
  /** Images at once; 'any' leaves it to who runs the network. Default 1. */
  readonly batch?: number | 'any';
}

/**
 * The graph as an ONNX file of float32: input (batch, channels, height, width), output (batch, classes) after a linear
 * layer, else a map. Equal input gives equal bytes. `metadata` becomes the model's metadata properties.
 */
export function onnxFile(
  graph: Graph,
  metadata: Readonly<Record<string, string>> = {},
  { batch = 1 }: OnnxOptions = {},
): Uint8Array {
  const parts = graph.nodes.map(translate);
  const last = graph.nodes.find(({ output }) => output === graph.output);
  const [channels, ...map] = shapeOf(graph, graph.output);
  const model: OnnxModel = {
    irVersion: IR_VERSION,
    producerName: 'nse',
    opsetImport: [{ domain: '', version: OPSET }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: 'network',
      node: parts.flatMap(({ nodes }) => nodes),
      initializer: parts.flatMap(({ tensors }) => tensors),
      input: [valueInfo(graph.input.name, batch, graph.input.shape)],
      output: [valueInfo(graph.output, batch, last?.kind === 'linear' ? [channels] : [channels, ...map])],
    },
  };
  return onnxModelType.encode(model).finish();
}

/** A node of the graph as those of ONNX, and its weights. */
interface Part {
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
}

function translate(node: GraphNode): Part {
  switch (node.kind) {
    case 'conv':
      return translateConv(node);
    case 'linear':
      return translateLinear(node);
    case 'add':
      return plain(node, 'Add', node.inputs);
    case 'multiply':
      return plain(node, 'Mul', node.inputs);
    case 'sigmoid':
      return plain(node, 'Sigmoid', [node.input]);
    case 'globalAveragePool':
      return plain(node, 'GlobalAveragePool', [node.input]);
  }
}

function plain({ name, output }: GraphNode, opType: string, input: readonly ValueName[]): Part {
  return { nodes: [{ name, opType, input, output: [output], attribute: [] }], tensors: [] };
}

/** Runtimes join the ReLU to the convolution when they load the file. */
function translateConv(node: ConvNode): Part {
  const { name, relu, kernel, stride, padding, groups, dilation, outChannels, inChannels } = node;
  const weights = weightsOf(node, [outChannels, inChannels / groups, ...kernel]);
  const attribute = [
    ints('dilations', [dilation, dilation]),
    int('group', groups),
    ints('kernel_shape', kernel),
    ints('pads', [...padding, ...padding]),
    ints('strides', stride),
  ];
  const output = relu ? `${node.output}.conv` : node.output;
  const conv = { name, opType: 'Conv', input: [node.input, ...weights.names], output: [output], attribute };
  const after = {
    name: `${name}.relu`,
    opType: 'Relu',
    input: [output],
    output: [node.output],
    attribute: [],
  };
  return { nodes: relu ? [conv, after] : [conv], tensors: weights.tensors };
}

function translateLinear(node: LinearNode): Part {
  const { name, input, inFeatures, outFeatures } = node;
  const weights = weightsOf(node, [outFeatures, inFeatures]);
  const flat = `${name}.flat`;
  const flatten = {
    name: flat,
    opType: 'Flatten',
    input: [input],
    output: [flat],
    attribute: [int('axis', 1)],
  };
  const gemm = {
    name,
    opType: 'Gemm',
    input: [flat, ...weights.names],
    output: [node.output],
    attribute: [int('transB', 1)],
  };
  return { nodes: [flatten, gemm], tensors: weights.tensors };
}

function weightsOf({ name, weight, bias }: ConvNode | LinearNode, shape: readonly number[]) {
  const tensors = [tensor(`${name}.weight`, shape, weight), tensor(`${name}.bias`, [bias.length], bias)];
  return { tensors, names: tensors.map((each) => each.name) };
}

function tensor(name: string, dims: readonly number[], numbers: Float32Array): OnnxTensor {
  const rawData = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return { name, dims, dataType: ONNX_FLOAT, rawData };
}

function int(name: string, i: number): OnnxAttribute {
  return { name, type: ATTRIBUTE_INT, i };
}

function ints(name: string, values: readonly number[]): OnnxAttribute {
  return { name, type: ATTRIBUTE_INTS, ints: values };
}

function valueInfo(name: ValueName, batch: number | 'any', shape: readonly number[]): OnnxValue {
  const first = batch === 'any' ? { dimParam: 'N' } : { dimValue: batch };
  const dim = [first, ...shape.map((size) => ({ dimValue: size }))];
  return { name, type: { tensorType: { elemType: ONNX_FLOAT, shape: { dim } } } };
}

function shapeOf({ shapes }: Graph, value: ValueName): MapShape {
  return shapes.get(value) ?? [0, 0, 0];
}
