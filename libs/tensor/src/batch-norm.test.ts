import { randomFrom } from '@nse/space';

import { loadBackend } from './backend.js';
import { batchNormEvaluation, batchNormTraining } from './batch-norm.js';
import { floats, read, type Tensor } from './tensor.js';

const CHANNELS = 3;
const PIXELS = 2 * 4 * 5;
const random = randomFrom(7);
const numbers = Float32Array.from({ length: PIXELS * CHANNELS }, () => random.next() * 4 - 1);
const vector = (...values: number[]) => floats(Float32Array.from(values), [values.length]);
const image = () => floats(numbers, [2, 4, 5, CHANNELS]);
const weights = () => ({
  gamma: vector(1, 0.5, -2),
  beta: vector(0, 0.1, 0.2),
  mean: vector(0.3, 0, -0.3),
  variance: vector(1, 2, 3),
});

const channel = (values: Float32Array, c: number) => [...values].filter((_, index) => index % CHANNELS === c);
const meanOf = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const squares = (values: number[]) => values.reduce((sum, value) => sum + (value - meanOf(values)) ** 2, 0);
const list = (tensor: Tensor) => [...read(tensor)];

beforeAll(() => loadBackend());

describe.each([false, true])('with ReLU %s', (withRelu) => {
  const activated = (value: number) => (withRelu ? Math.max(0, value) : value);

  test('normalises by the biased variance of the batch', () => {
    const { out } = batchNormTraining(image(), weights(), { moving: true, withRelu });
    const [gamma, beta] = [list(weights().gamma), list(weights().beta)];
    for (let c = 0; c < CHANNELS; c++) {
      const values = channel(numbers, c);
      const deviation = Math.sqrt(squares(values) / PIXELS + 1e-5);
      const expected = values.map((x) =>
        activated(((x - meanOf(values)) / deviation) * gamma[c]! + beta[c]!),
      );
      channel(read(out), c).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
    }
  });

  test('normalises by the running statistics in evaluation', () => {
    const out = batchNormEvaluation(image(), weights(), withRelu);
    const expected = channel(numbers, 2).map((x) => activated(((x + 0.3) / Math.sqrt(3 + 1e-5)) * -2 + 0.2));
    channel(read(out), 2).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
  });
});

test('moves the running statistics a tenth of the way, the variance towards the unbiased one', () => {
  const { mean, variance } = batchNormTraining(image(), weights(), { moving: true, withRelu: false });
  const values = channel(numbers, 1);
  expect(list(mean)[1]).toBeCloseTo(0.1 * meanOf(values), 5);
  expect(list(variance)[1]).toBeCloseTo(0.9 * 2 + (0.1 * squares(values)) / (PIXELS - 1), 5);
});

test('returns the statistics of the batch alone when nothing moves', () => {
  const { mean, variance } = batchNormTraining(image(), weights(), { moving: false, withRelu: true });
  const values = channel(numbers, 0);
  expect(list(mean)[0]).toBeCloseTo(meanOf(values), 5);
  expect(list(variance)[0]).toBeCloseTo(squares(values) / (PIXELS - 1), 5);
});
