import { Pace } from './pace.js';

const run = { alone: true, steady: true };

test('times are as at the best pace of the first marks, whatever comes later', () => {
  const pace = new Pace();
  expect(pace.scaled({ ...run, ms: 6, markMs: 1.2 })).toBe(6);
  pace.saw(Infinity);
  expect(pace.isKnown).toBe(false);
  pace.saw(1);
  expect(pace.isKnown).toBe(true);
  expect(pace.scaled({ ...run, ms: 6, markMs: 1.2 })).toBeCloseTo(5);
  // A table of before and a time of now can be compared.
  pace.saw(0.9);
  expect(pace.scaled({ ...run, ms: 6, markMs: 1.2 })).toBeCloseTo(5);
  expect(pace.scaled({ ...run, ms: 4.5, markMs: 0.9 })).toBeCloseTo(5);
});
