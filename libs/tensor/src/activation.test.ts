import { reluGradient, relu, swish, swishGradient } from './activation.js';
import { loadBackend } from './backend.js';
import { crossEntropy } from './loss.js';
import { globalAverage, globalAverageGradient } from './pool.js';
import { floats, integers, liveTensors, read, readScalar } from './tensor.js';

const values = [-3, -0.5, 0, 0.25, 4];
const ones = () => floats(new Float32Array(values.length).fill(1), [values.length]);
const inputs = () => floats(Float32Array.from(values), [values.length]);
const sigmoidOf = (x: number) => 1 / (1 + Math.exp(-x));

beforeAll(() => loadBackend());

test('ReLU and its gradient', () => {
  const out = relu(inputs());
  expect([...read(out)]).toEqual([0, 0, 0, 0.25, 4]);
  expect([...read(reluGradient(ones(), out))]).toEqual([0, 0, 0, 1, 1]);
});

test('Swish and its gradient', () => {
  read(swish(inputs())).forEach((value, i) =>
    expect(value).toBeCloseTo(values[i]! * sigmoidOf(values[i]!), 6),
  );
  const slope = (x: number) => sigmoidOf(x) * (1 + x * (1 - sigmoidOf(x)));
  read(swishGradient(ones(), inputs())).forEach((value, i) =>
    expect(value).toBeCloseTo(slope(values[i]!), 6),
  );
});

test('the global average and its gradient', () => {
  const x = floats(Float32Array.of(1, 10, 2, 20, 3, 30, 6, 60), [1, 2, 2, 2]);
  const average = globalAverage(x);
  expect([...read(average)]).toEqual([3, 30]);
  const dX = globalAverageGradient(floats(Float32Array.of(4, 8), [1, 2]), x.shape);
  expect([...read(dX)]).toEqual([1, 2, 1, 2, 1, 2, 1, 2]);
});

test('mean cross-entropy and its gradient', () => {
  const logits = [
    [1, 2, 3],
    [0, 0, 0],
  ];
  const labels = [2, 0];
  const { loss, dLogits } = crossEntropy(
    floats(Float32Array.from(logits.flat()), [2, 3]),
    integers(Int32Array.from(labels), [2]),
  );
  const chances = logits.map((row) => {
    const exponents = row.map(Math.exp);
    return exponents.map((value) => value / exponents.reduce((a, b) => a + b, 0));
  });
  const expected = chances.reduce((sum, row, i) => sum - Math.log(row[labels[i]!]!), 0) / 2;
  expect(readScalar(loss)).toBeCloseTo(expected, 6);
  const gradient = chances.flatMap((row, i) => row.map((p, c) => (p - (c === labels[i] ? 1 : 0)) / 2));
  read(dLogits).forEach((value, i) => expect(value).toBeCloseTo(gradient[i]!, 6));
});

test('keeps nothing of what it computed on the way', () => {
  const run = () => {
    const [x, d] = [inputs(), ones()];
    for (const tensor of [x, d, swish(x), swishGradient(d, x)]) tensor.dispose();
  };
  run();
  const before = liveTensors();
  run();
  expect(liveTensors()).toBe(before);
});
