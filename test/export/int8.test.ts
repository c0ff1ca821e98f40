import {
  type ActivationRanges,
  type Graph,
  networkGraph,
  type NetworkInput,
  RangeFinder,
  tfliteFile,
  tfliteInt8File,
} from '@nse/export';
import type { StoredTensor } from '@nse/safetensors';
import { macroNetwork } from '@nse/space';
import { loadBackend } from '@nse/tensor';
import { channelsFirst, difference, drawnImages, engineLogits, weightsOf } from './engine.js';
import { cases, inputOf, smallSpec } from './networks.js';
import { describeWith } from './runtimes.js';
import { trainedOnFashion } from './trained.js';
import { liteRtLogits } from './trials.js';

const IMAGES = 16;

/** The ranges that these images, channels last, give; and the graph's own outputs for them. */
function calibrated(graph: Graph, input: NetworkInput, images: Float32Array) {
  const finder = new RangeFinder(graph);
  const size = input.network.imageSize ** 2 * input.network.imageChannels;
  const first = channelsFirst(images, input);
  const outputs: number[] = [];
  for (let at = 0; at < first.length; at += size) outputs.push(...finder.see(first.subarray(at, at + size)));
  return { ranges: finder.ranges(), outputs };
}

const narrowed = (ranges: ActivationRanges): ActivationRanges =>
  new Map([...ranges].map(([name, [low, high]]) => [name, [low / 2, high / 2] as const]));

/** Share of images whose greatest logit is their label's. */
function accuracy(logits: ArrayLike<number>, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  const right = labels.filter((label, image) => {
    const own = Array.from({ length: classes }, (_, index) => logits[image * classes + index] ?? NaN);
    return own.indexOf(Math.max(...own)) === label;
  });
  return right.length / labels.length;
}

const graphOf = (input: NetworkInput, weights: ReadonlyMap<string, StoredTensor>) =>
  networkGraph({ ...input, weights });

beforeAll(() => loadBackend());

describe('the ranges of activations', () => {
  it.each(cases)('come from a run that gives what the engine gives: %s', (_, input) => {
    const weights = weightsOf(input);
    const images = drawnImages(input, 2);
    const { outputs } = calibrated(graphOf(input, weights), input, images);
    expect(difference(outputs, engineLogits(input, weights, images))).toBeLessThan(1e-5);
  });
});

describeWith('litert', 'a TensorFlow Lite file of int8', () => {
  it.each(cases)('gives nearly what float gives, with the same operators in int8: %s', (_, input) => {
    const weights = weightsOf(input);
    const images = drawnImages(input, IMAGES);
    const graph = graphOf(input, weights);
    const { ranges } = calibrated(graph, input, images);
    const [int8, float, planted] = liteRtLogits([
      { file: tfliteInt8File(graph, ranges), images },
      { file: tfliteFile(graph), images },
      { file: tfliteInt8File(graph, narrowed(ranges)), images },
    ]);
    const expected = engineLogits(input, weights, images);
    expect(difference(int8!.logits, expected)).toBeLessThan(0.05);
    expect(int8!.signature).toEqual(float!.signature);
    expect(int8!.operators).toEqual({ ...float!.operators, QUANTIZE: 1, DEQUANTIZE: 1 });
    // Ranges that are wrong must be noticed here.
    expect(difference(planted!.logits, expected)).toBeGreaterThan(0.05);
  });

  it.each([
    ['plain', inputOf('mac27', '3.1,6.10.12.4.13')],
    [
      'squeeze-excitation and Swish',
      inputOf('mac27', '3.1,6.10.12.4.13', { activation: 'swish', squeezeExcitation: true }),
    ],
  ])('keeps the accuracy of a trained network, %s, within 2 points', async (_, input) => {
    const { weights, calibration, test } = await trainedOnFashion(input, 4000, 1000);
    const graph = graphOf(input, weights);
    const { ranges } = calibrated(graph, input, calibration);
    const files = { float: tfliteFile(graph), int8: tfliteInt8File(graph, ranges) };
    const [float, int8] = liteRtLogits(Object.values(files).map((file) => ({ file, images: test.images })));
    const found = {
      float: accuracy(float!.logits, test.labels),
      int8: accuracy(int8!.logits, test.labels),
    };
    expect(found.float).toBeGreaterThan(0.7);
    expect(found.int8).toBeGreaterThan(found.float - 0.02);
  });
});

it('is nearly a quarter of the float file where weights prevail', () => {
  const network = macroNetwork({ ...smallSpec, widths: [64, 64, 128, 192, 256], tailChannels: 512 });
  const input = inputOf('mac27', '3.1,6.10.12.4.13', { network });
  const weights = weightsOf(input);
  const graph = graphOf(input, weights);
  const { ranges } = calibrated(graph, input, drawnImages(input, 1));
  const share = tfliteInt8File(graph, ranges).length / tfliteFile(graph).length;
  expect(share).toBeGreaterThan(0.25);
  expect(share).toBeLessThan(0.32);
});

it('is refused where the range of a value is missing', () => {
  const [, input] = cases[0]!;
  const graph = graphOf(input, weightsOf(input));
  const { ranges } = calibrated(graph, input, drawnImages(input, 1));
  const without = new Map([...ranges].filter(([name]) => name !== 'logits'));
  expect(() => tfliteInt8File(graph, without)).toThrow(/no range of logits/);
});
