import { randomFrom } from '@nse/space';
import fc from 'fast-check';
import { fewestForInterval, isWithin, medianInterval } from './statistics.js';

const counting = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const times = fc.array(fc.double({ min: 0.01, max: 1_000, noNaN: true }), { minLength: 1, maxLength: 300 });

describe('medianInterval', () => {
  // Published tables of ranks for the 95 % interval of a median.
  test.each([
    [6, 1, 6],
    [8, 1, 8],
    [9, 2, 8],
    [10, 2, 9],
    [15, 4, 12],
    [20, 6, 15],
    [25, 8, 18],
    [50, 18, 33],
    [100, 40, 61],
  ])('of %i values is between the ranks of the published tables', (count, low, high) => {
    expect(medianInterval(counting(count))).toMatchObject({ low, high });
  });

  test('of thousands of values is as the normal approximation says', () => {
    const { median, low, high } = medianInterval(counting(10_000));
    expect(median).toBe(5_000.5);
    expect(Math.abs(low - (5_000 - 1.96 * 50))).toBeLessThan(2);
    expect(Math.abs(high - (5_001 + 1.96 * 50))).toBeLessThan(2);
  });

  test('of an even count takes the mean of the two in the middle', () => {
    expect(medianInterval([4, 1, 3, 2]).median).toBe(2.5);
  });

  test('is the range where there are too few values for 95 %', () => {
    expect(medianInterval(counting(fewestForInterval - 1))).toEqual({ median: 3, low: 1, high: 5 });
    expect(medianInterval([7])).toEqual({ median: 7, low: 7, high: 7 });
    expect(() => medianInterval([])).toThrow(RangeError);
  });

  test('does not depend on the order, encloses the median, and grows with the unit', () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0.5, max: 8, noNaN: true }), (values, unit) => {
        const given = medianInterval(values);
        expect(medianInterval([...values].reverse())).toEqual(given);
        expect(given.low).toBeLessThanOrEqual(given.median);
        expect(given.high).toBeGreaterThanOrEqual(given.median);
        const scaled = medianInterval(values.map((value) => value * unit));
        expect(scaled.median).toBeCloseTo(given.median * unit, 6);
        expect(scaled.low).toBeCloseTo(given.low * unit, 6);
      }),
    );
  });

  test('holds the true median in at least 95 % of the samples of a skewed distribution', () => {
    const random = randomFrom(7, 'samples');
    let held = 0;
    for (let sample = 0; sample < 1_000; sample++) {
      const { low, high } = medianInterval(Array.from({ length: 40 }, () => -Math.log(1 - random.next())));
      if (low <= Math.LN2 && Math.LN2 <= high) held++;
    }
    expect(held).toBeGreaterThan(940);
    expect(held).toBeLessThan(990);
  });
});

describe('isWithin', () => {
  test('asks both sides', () => {
    expect(isWithin({ median: 100, low: 98, high: 102 }, 0.02)).toBe(true);
    expect(isWithin({ median: 100, low: 97.9, high: 100 }, 0.02)).toBe(false);
    expect(isWithin({ median: 100, low: 100, high: 102.1 }, 0.02)).toBe(false);
  });
});
