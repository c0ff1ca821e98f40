import fc from 'fast-check';

import { corrected, fitCorrection, type MeasuredPair } from './correction.js';
import { randomFrom } from './random.js';
import { pairsOf } from './testing/pairs.js';

const sums = fc.uniqueArray(fc.double({ min: 0.1, max: 100, noNaN: true }), { minLength: 4, maxLength: 40 });
const scales = fc.double({ min: 0.2, max: 5, noNaN: true });
const biases = fc.double({ min: 0, max: 3, noNaN: true });

describe('fitCorrection', () => {
  test('finds the scale and the bias of a device that has them', () => {
    fc.assert(
      fc.property(sums, scales, biases, (values, scale, biasMs) => {
        fc.pre(Math.max(...values) - Math.min(...values) > 0.01);
        const found = fitCorrection(pairsOf(values, (sum) => scale * sum + biasMs));
        for (const sum of values) {
          expect(found.scale * sum + found.biasMs).toBeCloseTo(scale * sum + biasMs, 6);
        }
      }),
    );
  });

  test('is not moved by wild measurements, as long as they are fewer than half', () => {
    const sound = pairsOf([1, 2, 3, 4, 5, 6, 7, 8], (sum) => 1.2 * sum + 0.5);
    const wild = sound.map((pair, place) =>
      place % 3 === 0 ? { ...pair, measuredMs: 9 * pair.measuredMs } : pair,
    );
    expect(fitCorrection(wild).scale).toBeCloseTo(1.2);
    expect(fitCorrection(wild).biasMs).toBeCloseTo(0.5);
  });

  test('finds what each addition brings besides, where it brings something', () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8];
    const additions = (place: number) => (place * 5) % 7;
    const more = fitCorrection(
      pairsOf(values, (sum, place) => 1.2 * sum + 0.25 * additions(place) + 0.5, additions),
    );
    expect(more.additionMs).toBeCloseTo(0.25, 4);
    expect(more.scale).toBeCloseTo(1.2, 3);
    expect(more.biasMs).toBeCloseTo(0.5, 3);
    const nothing = fitCorrection(pairsOf(values, (sum) => 1.2 * sum + 0.5, additions));
    expect(nothing.additionMs).toBe(0);
    // Where more branches take less, it stays at nothing: a branch must not seem to save time.
    const less = fitCorrection(pairsOf(values, (sum, place) => sum + 3 - 0.1 * additions(place), additions));
    expect(less.additionMs).toBe(0);
  });

  test('has factors of operations that take longer in networks than their times say, and none where there are none', () => {
    const operations = ['a', 'b', 'c', 'd', 'e', 'f'];
    const random = randomFrom(1, 'networks');
    const pairs = Array.from({ length: 40 }, (_, place): MeasuredPair => {
      const own = operations.flatMap((key) =>
        random.next() < 0.5 ? [[key, 1 + random.next()] as const] : [],
      );
      const ms = (slower: number) =>
        own.reduce((sum, [key, each]) => sum + each * (key === 'b' ? slower : 1), 2);
      const pair = { code: String(place), operations: own, sumMs: ms(1), additions: 0 };
      return { ...pair, measuredMs: 1.5 * ms(1.2) };
    });
    const found = fitCorrection(pairs);
    expect(Object.keys(found.factors ?? {})).toEqual(operations);
    expect(found.factors!['b']! / found.factors!['a']!).toBeGreaterThan(1.12);
    const worst = Math.max(...pairs.map((pair) => Math.abs(corrected(found, pair) / pair.measuredMs - 1)));
    const { factors, ...ofSum } = found;
    const without = Math.max(...pairs.map((pair) => Math.abs(corrected(ofSum, pair) / pair.measuredMs - 1)));
    expect(factors).toBeDefined();
    expect(worst).toBeLessThan(without / 2);
    expect(fitCorrection(pairsOf([1, 2, 3], (sum) => 2 * sum)).factors).toBeUndefined();
  });

  test('never turns the order of the sums around', () => {
    fc.assert(
      fc.property(sums, fc.nat(), (values, seed) => {
        const random = randomFrom(seed, 'times');
        expect(fitCorrection(pairsOf(values, () => 0.1 + 9 * random.next())).scale).toBeGreaterThan(0);
      }),
    );
  });

  test('is a bias where all sums are equal, and nothing where nothing was measured', () => {
    expect(fitCorrection(pairsOf([2, 2, 2], () => 2.5))).toEqual({ scale: 1, additionMs: 0, biasMs: 0.5 });
    expect(fitCorrection([])).toEqual({ scale: 1, additionMs: 0, biasMs: 0 });
  });
});
