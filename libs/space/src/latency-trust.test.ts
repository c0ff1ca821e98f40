import type { MeasuredPair } from './correction.js';
import { judgeTable } from './latency-trust.js';
import { randomFrom } from './random.js';
import { pairsOf } from './testing/pairs.js';

/** Architectures of 1 to 4 ms, measured with noise by a device that takes a fifth longer and 0.3 ms more. */
function noisy(count: number, share: number): MeasuredPair[] {
  const random = randomFrom(5, 'noise');
  const values = Array.from({ length: count }, () => 1 + 3 * random.next());
  return pairsOf(values, (sum) => (1.2 * sum + 0.3) * (1 + share * (2 * random.next() - 1)));
}

describe('judgeTable', () => {
  test('fits to one half and judges by the other', () => {
    const { correction, trust } = judgeTable(noisy(60, 0.02));
    expect(Math.abs(correction.scale - 1.2)).toBeLessThan(0.05);
    expect(trust).toMatchObject({ fitted: 30, judged: 30, within5: 1, within10: 1 });
    expect(trust.spearman).toBeGreaterThan(0.97);
    expect(trust.kendall).toBeGreaterThan(0.85);
    expect(trust.pairs.map(({ fitted }) => fitted).slice(0, 4)).toEqual([true, false, true, false]);
  });

  test('says how many are far off, and which one is farthest', () => {
    const pairs = pairsOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], (sum, place) => {
      if (place === 3) return sum / 1.08;
      return place === 5 ? sum / 1.5 : sum;
    });
    const { trust } = judgeTable(pairs);
    expect(trust).toMatchObject({ judged: 5, within5: 0.6, within10: 0.8 });
    expect(trust.worst.code).toBe('5');
    expect(trust.worst.error).toBeCloseTo(0.5);
  });

  test('the half that is fitted does not count', () => {
    const pairs = pairsOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], (sum, place) => (place === 4 ? 3 * sum : sum));
    expect(judgeTable(pairs).trust).toMatchObject({ within5: 1 });
  });

  test('rank correlations are those of the definitions, ties included', () => {
    // Of predicted 1 2 2 3 with measured 1 3 2 2: 5 pairs of 6 untied in either; 3 agree, 1 disagrees, so 2 / 5.
    const judged = [
      [1, 1],
      [2, 3],
      [2, 2],
      [3, 2],
    ];
    const exact = [10, 20, 30, 40].map((sum): MeasuredPair => ({
      code: '',
      sumMs: sum,
      operations: [],
      additions: 0,
      measuredMs: sum,
    }));
    const pairs = judged.flatMap(([sumMs = 0, measuredMs = 0], place) => [
      exact[place]!,
      { code: '', sumMs, operations: [], additions: 0, measuredMs },
    ]);
    const { trust } = judgeTable(pairs);
    expect(trust.kendall).toBeCloseTo(2 / 5);
    // Midranks 1 2.5 2.5 4 and 1 4 2.5 2.5: covariance 2.25 of variances 4.5 and 4.5.
    expect(trust.spearman).toBeCloseTo(2.25 / 4.5);
  });

  test('has no rank correlation where all predictions are equal, and needs 4 architectures', () => {
    expect(judgeTable(pairsOf([2, 2, 2, 2], (_, place) => 2 + place)).trust.kendall).toBeNull();
    expect(() => judgeTable(noisy(3, 0))).toThrow('4 measured architectures or more, not 3');
  });
});
