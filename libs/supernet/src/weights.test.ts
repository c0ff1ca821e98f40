import { NseError, randomFrom } from '@nse/space';
import { readSafetensors, writeSafetensors } from '@nse/safetensors';
import { floats, liveTensors, loadBackend, read } from '@nse/tensor';

import type { WeightKind, WeightPlace } from './weight-place.js';
import { decodeWeights, encodeWeights, fromFileLayout, toFileLayout } from './weights-file.js';
import { initialiseWeights, Weights } from './weights.js';

const place = (kind: WeightKind, shape: number[], rest: Partial<WeightPlace> = {}): WeightPlace => ({
  name: kind,
  kind,
  shape,
  ...rest,
});
const convolution = place('convolution', [1, 2, 3, 4]);
const places = [
  convolution,
  place('depthwise', [2, 3, 4, 1]),
  place('pointwise', [3, 2]),
  place('linear', [3, 2]),
  place('bias', [2]),
  place('gamma', [5]),
];
const counted = (size: number) => Float32Array.from({ length: size }, (_, index) => index);
const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

beforeAll(() => loadBackend());

describe('Weights', () => {
  test('names a weight that is not there', () => {
    expect(() => new Weights().get('stem.conv.weight')).toThrow(NseError);
    expect(() => new Weights().variable('stem.conv.weight')).toThrow('stem.conv.weight');
  });

  test('keeps one tensor a name, whether an optimiser has it or not, and frees what it replaces', () => {
    const run = () => {
      const weights = new Weights();
      for (const value of [1, 2]) weights.set('w', floats(Float32Array.of(value), [1]));
      weights.variable('w');
      expect([...weights.numbers('w')]).toEqual([2]);
      weights.set('w', floats(Float32Array.of(3), [1]));
      expect([...read(weights.get('w'))]).toEqual([3]);
      weights.set('v', floats(Float32Array.of(4), [1]));
      expect(weights.names()).toEqual(['w', 'v']);
      weights.delete('v');
      expect(weights.has('v')).toBe(false);
      weights.dispose();
    };
    run();
    const before = liveTensors();
    run();
    expect(liveTensors()).toBe(before);
  });

  test('copies plain numbers, so that changing them later changes no weight', () => {
    const weights = new Weights();
    const numbers = new Float32Array(1024).fill(1);
    weights.setNumbers('w', numbers, [1024]);
    numbers.fill(2);
    expect(weights.numbers('w')[0]).toBe(1);
  });
});

describe('files', () => {
  test('have convolutions as PyTorch has them: out, in, height, width', () => {
    const numbers = counted(24);
    const { shape, data } = toFileLayout(convolution, numbers);
    expect(shape).toEqual([4, 3, 1, 2]);
    for (let o = 0; o < 4; o++)
      for (let i = 0; i < 3; i++)
        for (let x = 0; x < 2; x++) expect(data[(o * 3 + i) * 2 + x]).toBe(numbers[(x * 3 + i) * 4 + o]);
  });

  test.each([
    ['depthwise', [4, 1, 2, 3]],
    ['pointwise', [2, 3, 1, 1]],
    ['linear', [2, 3]],
    ['bias', [2]],
    ['gamma', [5]],
  ])('have %s weights of shape %j', (kind, shape) => {
    const found = places.find((entry) => entry.kind === kind)!;
    expect(toFileLayout(found, counted(sizeOf(found.shape))).shape).toEqual(shape);
  });

  test.each(places.map((entry) => [entry.kind, entry] as const))(
    'give %s weights back as they were',
    (_, entry) => {
      const numbers = counted(sizeOf(entry.shape));
      expect(fromFileLayout(entry, toFileLayout(entry, numbers))).toEqual(numbers);
    },
  );

  test('hold all places under their names, with metadata, and give the same weights back', () => {
    const weights = new Weights();
    initialiseWeights(weights, places, randomFrom(1));
    const file = encodeWeights(weights, places, { round: '3' });
    expect([...readSafetensors(file).tensors.keys()]).toEqual(places.map((entry) => entry.name));
    expect(readSafetensors(file).metadata).toEqual({ round: '3' });
    const back = decodeWeights(file, places.toReversed());
    for (const { name } of places) expect(back.numbers(name)).toEqual(weights.numbers(name));
  });

  test.each<[string, string, WeightPlace]>([
    ['a missing weight', 'convolution is missing', place('gamma', [24])],
    ['another shape', 'convolution has shape 4x3x2x1, not 4x3x1x2', place('convolution', [2, 1, 3, 4])],
  ])('are refused for %s', (_, reason, held) => {
    const file = writeSafetensors(new Map([[held.name, toFileLayout(held, counted(24))]]));
    expect(() => decodeWeights(file, [convolution])).toThrow(reason);
  });

  test('are refused for numbers of another type, and leave no tensor behind', () => {
    const file = writeSafetensors(new Map([['gamma', { shape: [5], data: new Int32Array(5) }]]));
    const before = liveTensors();
    expect(() => decodeWeights(file, [place('gamma', [5])])).toThrow('not of type F32');
    expect(liveTensors()).toBe(before);
  });
});

describe('fresh weights', () => {
  const fresh = (entry: WeightPlace, seed = 1) => {
    const weights = new Weights();
    initialiseWeights(weights, [entry], randomFrom(seed));
    return weights.numbers(entry.name);
  };
  const deviation = (numbers: Float32Array) =>
    Math.sqrt(numbers.reduce((sum, value) => sum + value * value, 0) / numbers.length);

  test.each<[string, WeightPlace, number]>([
    ['a 3x3 convolution to 64 channels', place('convolution', [3, 3, 32, 64]), 64 * 9],
    ['a grouped one, whose fan-out is not divided', place('convolution', [1, 1, 128, 256]), 256],
    ['a depthwise 5x5 of 400 channels', place('depthwise', [5, 5, 400, 1]), 400 * 25],
    ['a 1x1 of squeeze-excitation', place('pointwise', [300, 75]), 75],
  ])('of %s are normal with fan-out', (_, entry, fanOut) => {
    const numbers = fresh(entry);
    expect(deviation(numbers) / Math.sqrt(2 / fanOut)).toBeCloseTo(1, 1);
    expect(Math.abs(numbers.reduce((sum, value) => sum + value, 0) / numbers.length)).toBeLessThan(
      deviation(numbers) / 20,
    );
    const within = numbers.filter((value) => Math.abs(value) < Math.sqrt(2 / fanOut)).length / numbers.length;
    expect(within).toBeCloseTo(0.683, 1);
  });

  test('of the classifier are uniform within the inverse root of its inputs, bias too', () => {
    for (const entry of [place('linear', [1024, 10]), place('bias', [4096], { fanIn: 1024 })]) {
      const largest = fresh(entry).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest).toBeLessThanOrEqual(1 / 32);
      expect(largest).toBeGreaterThan(0.99 / 32);
    }
  });

  test('of batch norm are one and zero, other biases zero', () => {
    expect([...fresh(place('gamma', [2])), ...fresh(place('variance', [1]))]).toEqual([1, 1, 1]);
    expect([
      ...fresh(place('beta', [2])),
      ...fresh(place('mean', [1])),
      ...fresh(place('bias', [1])),
    ]).toEqual([0, 0, 0, 0]);
  });

  test('follow from the seed, also where their number is odd', () => {
    const entry = place('convolution', [1, 1, 3, 3]);
    expect(fresh(entry)).toEqual(fresh(entry));
    expect(fresh(entry)).not.toEqual(fresh(entry, 2));
    expect(fresh(entry).every((value) => value !== 0)).toBe(true);
  });
});
