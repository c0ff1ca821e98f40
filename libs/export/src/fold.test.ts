import { foldBatchNorm, withoutNorm } from './fold.js';

const norm = {
  gamma: Float32Array.of(2, -1),
  beta: Float32Array.of(0.5, 3),
  mean: Float32Array.of(1, -2),
  variance: Float32Array.of(4, 0.25),
};
const weight = Float32Array.of(1, 2, 3, 4);
const points = [Float32Array.of(1, -1), Float32Array.of(0.25, 8)];

/** Two outputs of a convolution of two inputs at one point. */
const convolved = (of: Float32Array, [first = 0, second = 0]: Float32Array) =>
  [0, 1].map((channel) => of[2 * channel]! * first + of[2 * channel + 1]! * second);

const normalised = (values: readonly number[]) =>
  values.map(
    (value, channel) =>
      ((value - norm.mean[channel]!) / Math.sqrt(norm.variance[channel]! + 1e-5)) * norm.gamma[channel]! +
      norm.beta[channel]!,
  );

test.each([0, 1])(
  'a convolution with its batch norm folded in gives what both give, at point %i',
  (point) => {
    const x = points[point]!;
    const { weight: folded, bias } = foldBatchNorm(weight, norm);
    const expected = normalised(convolved(weight, x));
    convolved(folded, x).forEach((value, channel) =>
      expect(value + bias[channel]!).toBeCloseTo(expected[channel]!, 5),
    );
  },
);

test('takes the scale of the input out, and puts that of the output in', () => {
  const x = points[1]!;
  const { weight: folded, bias } = foldBatchNorm(weight, norm, { in: 6, out: 3 });
  const expected = normalised(convolved(weight, x)).map((value) => value * 3);
  const scaledInput = x.map((value) => value * 6);
  convolved(folded, scaledInput).forEach((value, channel) =>
    expect(value + bias[channel]!).toBeCloseTo(expected[channel]!, 4),
  );
});

test('a convolution without batch norm keeps its weights, and has no shift', () => {
  expect(withoutNorm(weight, 2)).toEqual({ weight, bias: new Float32Array(2) });
  expect(withoutNorm(weight, 2, { in: 4 }).weight).toEqual(weight.map((value) => value / 4));
});

test('leaves the weights that it is given as they are', () => {
  foldBatchNorm(weight, norm, { in: 2 });
  withoutNorm(weight, 2, { in: 2 });
  expect([...weight]).toEqual([1, 2, 3, 4]);
});
