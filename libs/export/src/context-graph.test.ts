import { macroNetwork, NseError, type Operation, poolNamed } from '@nse/space';

import { contextGraph, type ContextInput, stemGraph, tailGraph } from './context-graph.js';
import type { ConvNode, Graph } from './graph.js';

const [, , , operation] = poolNamed('mac27').operations;
const mbconv = { kind: 'MBConv', kernel: 3, expansion: 2, dilation: 1, groups: [1, 1] } as const;
const context: ContextInput = {
  operation: operation!,
  inChannels: 16,
  outChannels: 16,
  stride: 1,
  size: 14,
  identity: true,
  branches: 2,
  seed: 1,
};
const network = macroNetwork({
  plan: 'NR',
  depths: [0, 0, 0, 0, 0],
  widths: [8, 8, 8, 8, 24],
  scale: 1,
  stemStride: 2,
  imageSize: 32,
  imageChannels: 3,
  classes: 7,
  tailChannels: 16,
});

const outline = ({ nodes }: Graph) => nodes.map(({ name, kind }) => `${kind} ${name}`);
const convsOf = ({ nodes }: Graph) => nodes.filter((node): node is ConvNode => node.kind === 'conv');

describe('an operation in context', () => {
  it('stands between two small convolutions, as often as asked, beside the identity', () => {
    const branch = (copy: number) =>
      ['expand', 'depthwise', 'project'].map((layer) => `conv cells.0.ops.${copy}.${layer}`);
    expect(outline(contextGraph(context))).toEqual([
      'conv before',
      ...branch(0),
      'add cells.0.ops.0.add',
      ...branch(1),
      'add cells.0.ops.1.add',
      'conv after',
    ]);
  });

  it('stands between others, where they are given, of which there are as many whatever its copies', () => {
    const between = [7, 5, 9].map((kernel): Operation => ({ ...mbconv, kernel }));
    const kernels = (branches: number) =>
      convsOf(contextGraph({ ...context, operation: mbconv, branches, between }))
        .filter(({ name }) => name.endsWith('.depthwise'))
        .map(({ kernel }) => kernel[0]);
    expect(kernels(3)).toEqual([3, 7, 3, 5, 3, 9]);
    expect(kernels(1)).toEqual([3, 7, 5, 9]);
  });

  it('is the same around, so that two graphs differ by copies and their additions', () => {
    const [one, three] = [1, 3].map((branches) => outline(contextGraph({ ...context, branches })));
    const rest = three!.filter((node) => !one!.includes(node));
    expect(three).toEqual(expect.arrayContaining(one!));
    expect(rest.map((node) => node.split(' ')[0])).toEqual([
      'conv',
      'conv',
      'conv',
      'add',
      'conv',
      'conv',
      'conv',
      'add',
    ]);
  });

  it('gives each copy weights of its own, so that no runtime merges them', () => {
    const projections = convsOf(contextGraph({ ...context, branches: 3 })).filter(({ name }) =>
      name.endsWith('project'),
    );
    expect(new Set(projections.map(({ weight }) => weight.join())).size).toBe(3);
  });

  it('has the operation where it is asked for', () => {
    const graph = contextGraph({ ...context, outChannels: 24, stride: 2, size: 15, identity: false });
    expect(graph.shapes.get('cells.0.ops.1.add')).toEqual([24, 8, 8]);
    expect(graph.shapes.get('cells.0.ops.0.expand')).toEqual([16 * operation!.expansion, 15, 15]);
  });

  it('is what surrounds alone for no copy beside the identity', () => {
    expect(outline(contextGraph({ ...context, branches: 0 }))).toEqual(['conv before', 'conv after']);
  });

  const grouped: Operation = { kind: 'MBConv', kernel: 3, expansion: 1, dilation: 1, groups: [3, 1] };
  it.each<[string, Partial<ContextInput>]>([
    ['no copy without the identity', { branches: 0, identity: false }],
    ['the identity with other channels', { outChannels: 24 }],
    ['the identity with stride 2', { stride: 2 }],
    ['channels that do not divide into groups', { operation: grouped }],
  ])('refuses %s', (_, change) => {
    expect(() => contextGraph({ ...context, ...change })).toThrow(NseError);
  });
});

describe('the ends of a network', () => {
  it('are the stem with a small convolution after it', () => {
    const graph = stemGraph({ network, seed: 1 });
    expect(outline(graph)).toEqual(['conv stem', 'conv after']);
    expect(graph.input.shape).toEqual([3, 32, 32]);
    expect(graph.shapes.get('stem')).toEqual([8, 16, 16]);
  });

  it('are the tail with a small convolution before it', () => {
    const graph = tailGraph({ network, seed: 1, activation: 'swish' });
    expect(outline(graph)).toEqual([
      'conv before',
      'conv tail.conv',
      'sigmoid tail.conv.sigmoid',
      'multiply tail.conv.swish',
      'globalAveragePool tail.average',
      'linear tail.linear',
    ]);
    expect(graph.shapes.get('before')).toEqual([24, 1, 1]);
    expect(graph.shapes.get(graph.output)).toEqual([7, 1, 1]);
  });
});
