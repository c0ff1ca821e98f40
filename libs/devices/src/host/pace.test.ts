import { Pace } from './pace.js';

const run = { alone: true, steady: true };

test('times are as at the best pace that was seen', () => {
  const pace = new Pace();
  expect(pace.scaled({ ...run, ms: 6, markMs: 1.2 })).toBe(6);
  pace.saw(1);
  expect(pace.scaled({ ...run, ms: 6, markMs: 1.2 })).toBeCloseTo(5);
  expect(pace.scaled({ ...run, ms: 5, markMs: 1 })).toBe(5);
  pace.saw(1.1);
  expect(pace.bestMs).toBe(1);
});
