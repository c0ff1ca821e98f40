import { macroNetwork, poolNamed } from '@nse/space';

import { networkGraph, randomWeights } from './network-graph.js';
import { onnxFile } from './onnx.js';
import { ONNX_FLOAT, type OnnxModel, onnxModelType } from './onnx-schema.js';

const network = macroNetwork({
  plan: 'NR',
  depths: [0, 1, 0, 0, 0],
  widths: [8, 8, 16, 16, 24],
  scale: 1,
  stemStride: 2,
  imageSize: 28,
  imageChannels: 3,
  classes: 5,
  tailChannels: 16,
});
const pool = poolNamed('mac27');
const operations = pool.operations.map((operation, index) => ({
  ...operation,
  squeezeExcitation: index === 4,
}));
const input = { network, pool: { ...pool, operations }, architecture: [[0], [1, 21], [2], [3], [4]] };
const graph = networkGraph({ ...input, weights: randomWeights({ ...input, seed: 1 }) });

const decoded = (file: Uint8Array) =>
  onnxModelType.toObject(onnxModelType.decode(file), { longs: Number, arrays: true }) as OnnxModel;
const model = decoded(onnxFile(graph, { code: '0.1,21', labels: '["é"]' }));

/** Sizes of an input or output. */
const sizesOf = ([value]: OnnxModel['graph']['input']) =>
  value!.type.tensorType.shape.dim.map((dim) => ('dimParam' in dim ? dim.dimParam : dim.dimValue));

test('an ONNX file has a convolution, and a ReLU where there is one, an addition or what the tail needs for each node', () => {
  const wanted = graph.nodes.flatMap((node) => {
    switch (node.kind) {
      case 'conv':
        return node.relu ? ['Conv', 'Relu'] : ['Conv'];
      case 'add':
        return ['Add'];
      case 'globalAveragePool':
        return ['GlobalAveragePool'];
      case 'linear':
        return ['Flatten', 'Gemm'];
      case 'multiply':
        return ['Mul'];
      case 'sigmoid':
        return ['Sigmoid'];
    }
  });
  expect(model.graph.node.map(({ opType }) => opType)).toEqual(wanted);
});

test('takes images and gives logits, one at a time or as many as asked', () => {
  const { graph: one } = model;
  expect([one.input[0]!.name, one.output[0]!.name]).toEqual(['images', 'logits']);
  expect([sizesOf(one.input), sizesOf(one.output)]).toEqual([
    [1, 3, 28, 28],
    [1, 5],
  ]);
  const many = decoded(onnxFile(graph, {}, { batch: 8 })).graph;
  expect([sizesOf(many.input), sizesOf(many.output)]).toEqual([
    [8, 3, 28, 28],
    [8, 5],
  ]);
  const any = decoded(onnxFile(graph, {}, { batch: 'any' })).graph;
  expect([sizesOf(any.input), sizesOf(any.output)]).toEqual([
    ['N', 3, 28, 28],
    ['N', 5],
  ]);
});

test('holds its weights as they are, little-endian', () => {
  const node = graph.nodes.find(({ name }) => name === 'cells.1.ops.21.row');
  const stored = model.graph.initializer.find(({ name }) => name === 'cells.1.ops.21.row.weight')!;
  expect([stored.dims, stored.dataType]).toEqual([[8, 8, 1, 5], ONNX_FLOAT]);
  const numbers = new Float32Array(Uint8Array.from(stored.rawData).buffer);
  expect(node).toMatchObject({ weight: numbers });
});

test('says of every convolution what its window is', () => {
  const node = model.graph.node.find(({ name }) => name === 'cells.2.ops.2.depthwise')!;
  const attributes = Object.fromEntries(
    node.attribute.map(({ name, i, ints }) => [name, ints?.length ? ints : i]),
  );
  expect(attributes).toEqual({
    dilations: [3, 3],
    group: 8,
    kernel_shape: [3, 3],
    pads: [3, 3, 3, 3],
    strides: [2, 2],
  });
});

test('holds the metadata', () => {
  expect(model.metadataProps).toEqual([
    { key: 'code', value: '0.1,21' },
    { key: 'labels', value: '["é"]' },
  ]);
});

test('equal input gives equal bytes', () => {
  expect(Buffer.compare(onnxFile(graph, { a: 'b' }), onnxFile(graph, { a: 'b' }))).toBe(0);
});
