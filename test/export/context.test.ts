import { contextGraph, type Graph, onnxFile, stemGraph, tailGraph, tfliteFile } from '@nse/export';
import { macroNetwork, POOLS, randomFrom } from '@nse/space';

import { difference } from './engine.js';
import { describeWith } from './runtimes.js';
import { liteRtLogits, onnxOutputs } from './trials.js';

const network = macroNetwork({
  plan: 'NER',
  depths: [0, 0, 0, 0, 0, 0],
  widths: [8, 8, 8, 8, 16, 16, 24],
  scale: 1,
  stemStride: 2,
  imageSize: 64,
  imageChannels: 3,
  classes: 10,
  tailChannels: 32,
});
const cell = { inChannels: 16, outChannels: 16, size: 14, seed: 1 };
const contexts = POOLS.gpu19.operations.flatMap((operation) => [
  contextGraph({ ...cell, operation, stride: 1, identity: true, branches: 2 }),
  contextGraph({ ...cell, operation, stride: 2, identity: false, branches: 1 }),
]);
const graphs = [...contexts, stemGraph({ network, seed: 1 }), tailGraph({ network, seed: 1 })];

/** A map (channels, height, width) with its channels last. */
function turned(
  map: Float32Array,
  [channels, height, width]: readonly [number, number, number],
): Float32Array {
  const points = height * width;
  return map.map((_, index) => map[(index % channels) * points + Math.floor(index / channels)]!);
}

const mapOf = ({ input }: Graph) => {
  const random = randomFrom(1, 'map');
  return Float32Array.from({ length: input.shape.reduce((product, size) => product * size, 1) }, () =>
    random.next(),
  );
};

describeWith('litert', 'what is measured', () => {
  it('runs in both runtimes, to the same outputs', () => {
    const inOnnx = onnxOutputs(
      graphs.map((graph) => ({ file: onnxFile(graph), images: mapOf(graph), shape: graph.input.shape })),
    );
    const inLiteRt = liteRtLogits(
      graphs.map((graph) => ({ file: tfliteFile(graph), images: turned(mapOf(graph), graph.input.shape) })),
    );
    graphs.forEach((graph, index) => {
      const expected = turned(inOnnx[index]!, graph.shapes.get(graph.output)!);
      expect(difference(inLiteRt[index]!.logits, expected)).toBeLessThan(1e-4);
      expect(expected.some((value) => value !== 0)).toBe(true);
    });
  });
});
