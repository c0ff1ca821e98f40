import { learningRateAt } from './schedule.js';

const schedule = { start: 0.1, peak: 0.4, final: 0, warmupSteps: 10, steps: 50 };

test('begins at the start rate and reaches the peak at the first step after the warm-up', () => {
  expect(learningRateAt(0, schedule)).toBe(0.1);
  expect(learningRateAt(10, schedule)).toBe(0.4);
});

test('is half way down in the middle of the cosine', () => {
  expect(learningRateAt(30, schedule)).toBeCloseTo(0.2, 12);
});

test('would reach the final rate one step after the last', () => {
  expect(learningRateAt(49, schedule)).toBeGreaterThan(0);
  expect(learningRateAt(50, { ...schedule, final: 0.01 })).toBeCloseTo(0.01, 12);
});

test('begins at the peak without a warm-up', () => {
  expect(learningRateAt(0, { ...schedule, warmupSteps: 0 })).toBe(0.4);
});
