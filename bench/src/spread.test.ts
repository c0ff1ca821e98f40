import { ratios, spreadOf } from './spread.js';

test('the median of an even sample lies between its middle two', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ lower: 1.75, median: 2.5, upper: 3.25 });
});

test('a sample of one has no width', () => {
  expect(spreadOf([7])).toEqual({ lower: 7, median: 7, upper: 7 });
});

test('an empty sample has no spread', () => {
  expect(() => spreadOf([])).toThrow(RangeError);
});

test('ratios compare what was measured side by side, and leave out what has no partner', () => {
  expect(ratios([1, 2, 4], [3, 4])).toEqual([3, 2]);
});
