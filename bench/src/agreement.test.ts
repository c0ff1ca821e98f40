import { agreement } from './agreement.js';

test('losses within a ten-thousandth agree, and the largest gap is told', () => {
  const gap = agreement(
    'weights',
    new Map([
      ['ours', [2, 1]],
      ['theirs', [2.0001, 1]],
    ]),
  );
  expect(gap).toBeCloseTo(5e-5, 8);
});

test.each([[[2, 1.01]], [[2, Number.NaN]], [[2]]])('losses %p beside 2, 1 are refused by name', (found) => {
  const losses = new Map([
    ['ours', [2, 1]],
    ['theirs', found],
  ]);
  expect(() => agreement('weights', losses)).toThrow(/weights: losses differ.*theirs/);
});
