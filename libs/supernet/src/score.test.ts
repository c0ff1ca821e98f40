import { ScoreSum } from './score.js';

test('averages over the images of all batches, however large each is', () => {
  const sum = new ScoreSum();
  sum.add(Float32Array.of(0, 0, 2, 0), Int32Array.of(0, 0));
  sum.add(Float32Array.of(5, 1), Int32Array.of(1));
  const { accuracy, loss } = sum.score();
  expect(accuracy).toBeCloseTo(2 / 3, 12);
  expect(loss).toBeCloseTo((Math.log(2) + Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(4))) / 3, 6);
});

test('stays finite for large logits', () => {
  const sum = new ScoreSum();
  sum.add(Float32Array.of(1e30, -1e30), Int32Array.of(0));
  expect(sum.score()).toEqual({ accuracy: 1, loss: 0 });
});
