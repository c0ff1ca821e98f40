import * as fc from 'fast-check';

import type { TrustPair } from './latency-trust.js';
import { paceReferences, tablePace } from './table-pace.js';

const pair = (measuredMs: number): TrustPair => ({
  ...{ code: `code-${measuredMs}`, predictedMs: 1, measuredMs, fitted: false },
});
const times = (pairs: readonly TrustPair[]) => pairs.map(({ measuredMs }) => measuredMs);

describe('the architectures to measure again', () => {
  const pairs = [5, 1, 3, 2, 4].map(pair);

  it('are those nearest to the target', () => {
    expect(times(paceReferences(pairs, 2, 4.4))).toEqual([4, 5]);
    expect(times(paceReferences(pairs, 3, 0))).toEqual([1, 2, 3]);
  });

  it('are those in the middle without a target', () => {
    expect(times(paceReferences(pairs, 1))).toEqual([3]);
  });

  it('are all where there are fewer', () => {
    expect(paceReferences(pairs, 9, 1)).toHaveLength(5);
    expect(paceReferences([], 9)).toEqual([]);
  });
});

describe('tablePace', () => {
  it('is what a device that is quicker by one factor got quicker by, whatever one wild time says', () => {
    const time = fc.double({ min: 0.01, max: 100, noNaN: true });
    const factor = fc.double({ min: 0.5, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.array(time, { minLength: 3, maxLength: 9 }), factor, time, (then, quicker, wild) => {
        const now = then.map((ms) => ms / quicker);
        const disturbed = [...now.slice(0, -1), wild];
        const both = (list: readonly number[]) => then.map((ms, place) => [ms, list[place] ?? 0] as const);
        expect(tablePace(both(now)).pace.scale).toBeCloseTo(quicker, 9);
        if (then.length % 2 === 1) expect(tablePace(both(disturbed)).pace.scale).toBeCloseTo(quicker, 9);
        expect(tablePace(both(now)).pace.architectures).toBe(then.length);
      }),
    );
  });

  it('refuses what tells nothing', () => {
    for (const wrong of [[], [[1, 0]], [[Number.NaN, 1]], [[-1, 1]]] as const)
      expect(() => tablePace(wrong)).toThrow('a pace needs architectures with times above 0');
  });
});

describe('the change of a pace', () => {
  const changeTo = (...ratios: readonly number[]) =>
    tablePace(ratios.map((ratio) => [ratio, 1] as const)).change;

  it('is even where a device got up to twice as quick or slow, whatever one time says', () => {
    expect([0.5, 0.74, 1, 1.34, 2].map((factor) => changeTo(factor, factor, factor))).toEqual(
      Array(5).fill('even'),
    );
    expect(changeTo(0.75, 0.7, 0.74, 3, 0.76)).toBe('even');
  });

  it('is large beyond that', () => {
    expect([0.49, 2.01].map((factor) => changeTo(factor, factor, factor))).toEqual(['large', 'large']);
  });

  it('is uneven where half of the architectures changed otherwise than the rest', () => {
    expect(changeTo(0.7, 0.7, 0.7, 1, 1, 1)).toBe('uneven');
    expect(changeTo(0.6, 0.75, 0.9, 1.1, 1.3)).toBe('uneven');
    expect(changeTo(0.9, 0.95, 1, 1.05, 1.1)).toBe('even');
  });
});
