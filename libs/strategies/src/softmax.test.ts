import { softmax } from './softmax.js';

test('softmax bears large logits', () => {
  expect(softmax([1000, 1000, -1000])).toEqual([0.5, 0.5, 0]);
});
