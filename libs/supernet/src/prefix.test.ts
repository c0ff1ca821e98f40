import fc from 'fast-check';

import { commonPrefix, prefixOrder } from './prefix.js';

const set = fc.uniqueArray(fc.nat(6), { maxLength: 3 }).map((operations) => operations.sort((a, b) => a - b));
const architectures = fc.array(fc.array(set, { minLength: 4, maxLength: 4 }), {
  minLength: 1,
  maxLength: 30,
});

test('is a permutation', () => {
  fc.assert(
    fc.property(architectures, (all) => {
      expect(prefixOrder(all).sort((a, b) => a - b)).toEqual(all.map((_, index) => index));
    }),
  );
});

test('puts architectures with equal first cells next to each other', () => {
  fc.assert(
    fc.property(architectures, fc.nat(4), (all, cells) => {
      const prefixes = prefixOrder(all).map((index) => JSON.stringify(all[index]!.slice(0, cells)));
      const runs = prefixes.filter((prefix, place) => prefix !== prefixes[place - 1]);
      expect(new Set(runs).size).toBe(runs.length);
    }),
  );
});

test('keeps equal architectures in their order', () => {
  expect(prefixOrder([[[1]], [[0]], [[1]], [[]]])).toEqual([3, 1, 0, 2]);
});

test('counts the first cells that two architectures share', () => {
  expect(commonPrefix([[0], [1, 2], []], [[0], [1, 2], [3]])).toBe(2);
  expect(commonPrefix([[0], [1]], [[0], [1]])).toBe(2);
  expect(commonPrefix([], [[0]])).toBe(0);
});
