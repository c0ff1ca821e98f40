import { type ConvNode, type Graph, onnxFile } from '@nse/export';
import { randomFrom } from '@nse/space';

/** A model of so many 3x3 convolutions of 64 channels in a row, at 14x14: 7.2 million MACs each. */
export function convChain(layers: number): Uint8Array {
  const shape = [64, 14, 14] as const;
  const values = Array.from({ length: layers + 1 }, (_, index) => `value${index}`);
  const nodes = values.slice(1).map((output, index) => convolution(`value${index}`, output));
  const graph: Graph = {
    input: { name: 'value0', shape },
    output: `value${layers}`,
    nodes,
    shapes: new Map(values.map((name) => [name, shape])),
  };
  return onnxFile(graph);
}

function convolution(input: string, output: string): ConvNode {
  const random = randomFrom(0, output);
  return {
    ...{ kind: 'conv', name: `conv-${output}`, input, output, inChannels: 64, outChannels: 64 },
    ...{ kernel: [3, 3], stride: [1, 1], padding: [1, 1], dilation: 1, groups: 1, relu: true },
    weight: Float32Array.from({ length: 64 * 64 * 9 }, () => (random.next() - 0.5) / 8),
    bias: new Float32Array(64),
  };
}
