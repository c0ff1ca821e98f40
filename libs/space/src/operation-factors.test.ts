import fc from 'fast-check';

import { operationFactors, type Residual } from './operation-factors.js';
import { randomFrom } from './random.js';

const share = fc.double({ min: 0.01, max: 0.5, noNaN: true });
const error = fc.double({ min: -0.9, max: 9, noNaN: true });
const residuals = fc.array(
  fc.record({ share: error, operations: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), share)) }),
  { maxLength: 12 },
);

describe('operationFactors', () => {
  test('of one operation, is what its own measurement and the architectures come to together', () => {
    const { a } = operationFactors([
      { share: 0.06, operations: [['a', 0.5]] },
      { share: 0.06, operations: [['a', 0.5]] },
    ]);
    // Two equations of sd 0.03 beside a prior of sd 0.1: 2 * 0.5 * 0.06 / (2 * 0.5 ** 2 + 0.3 ** 2).
    expect(Math.log(a!)).toBeCloseTo(0.06 / 0.59, 9);
  });

  test('of the same operation in two cells, counts both', () => {
    const twice = operationFactors([
      {
        share: 0.05,
        operations: [
          ['a', 0.2],
          ['a', 0.3],
        ],
      },
    ]);
    const once = operationFactors([{ share: 0.05, operations: [['a', 0.5]] }]);
    expect(twice['a']).toBeCloseTo(once['a']!, 12);
  });

  test('are those of least squares with a prior, whatever the architectures', () => {
    fc.assert(
      fc.property(residuals, (given) => {
        const sizes = given.map((each) => Math.abs(each.share)).sort((a, b) => a - b);
        const half = sizes.length / 2;
        const middle =
          sizes.length % 2 === 1
            ? sizes[Math.floor(half)]!
            : ((sizes[half - 1] ?? 0) + (sizes[half] ?? 0)) / 2;
        const clip = (value: number) => Math.sign(value) * Math.min(Math.abs(value), 3 * 1.4826 * middle);
        const factors = operationFactors(given);
        const log = (key: string) => Math.log(factors[key] ?? 1);
        const left = given.map(
          (each) => clip(each.share) - each.operations.reduce((sum, [key, of]) => sum + of * log(key), 0),
        );
        // Where the sum of squares is least, its slope along each operation is nothing.
        for (const key of Object.keys(factors)) {
          const along = given.reduce((sum, { operations }, row) => {
            const own = operations.reduce((total, [name, of]) => total + (name === key ? of : 0), 0);
            return sum + own * left[row]!;
          }, 0);
          const size = 1e-3 * (1 + middle);
          expect(Math.abs(along - 0.09 * log(key))).toBeLessThan(size);
        }
      }),
    );
  });

  test('find operations that take longer in networks, and so predict other networks better', () => {
    const random = randomFrom(3, 'factors');
    const names = Array.from({ length: 40 }, (_, place) => `op${place}`);
    const truth = new Map(names.map((name) => [name, 1 + 0.4 * (random.next() - 0.5)]));
    const draw = (): Residual => {
      const own = names.filter(() => random.next() < 0.25);
      const parts = own.map((name) => [name, 1 / own.length] as const);
      const takes = parts.reduce((sum, [name, of]) => sum + of * truth.get(name)!, 0);
      return { share: takes - 1, operations: parts };
    };
    const [fitted, others] = [Array.from({ length: 60 }, draw), Array.from({ length: 60 }, draw)];
    const factors = operationFactors(fitted);
    const rms = (errors: readonly number[]) =>
      Math.sqrt(errors.reduce((sum, each) => sum + each * each, 0) / errors.length);
    const before = rms(others.map((each) => each.share));
    const after = rms(
      others.map(({ share: of, operations }) =>
        operations.reduce((rest, [name, part]) => rest - part * (factors[name]! - 1), of),
      ),
    );
    expect(after).toBeLessThan(0.6 * before);
  });

  test('are moved little by a wild measurement, and not at all where nothing else is left', () => {
    const parts = ['a', 'b', 'c', 'd', 'e'].map((name) => [name, 0.2] as const);
    const exact = Array.from({ length: 9 }, (): Residual => ({ share: 0, operations: parts }));
    const wild: Residual = { share: 8, operations: parts };
    expect(Object.values(operationFactors([...exact, wild]))).toEqual([1, 1, 1, 1, 1]);
    const noisy = exact.map((each, place) => ({ ...each, share: place % 2 === 0 ? 0.02 : -0.02 }));
    for (const factor of Object.values(operationFactors([...noisy, wild])))
      expect(Math.abs(factor - 1)).toBeLessThan(0.02);
  });

  test('are none where nothing was measured', () => {
    expect(operationFactors([])).toEqual({});
  });
});
