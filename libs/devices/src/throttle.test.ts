import { Throttle, type ThrottleRules, waitMs } from './throttle.js';

const rules: ThrottleRules = {
  slower: 0.1,
  clockFall: 0.2,
  maxTemperatureC: 80,
  firstWaitMs: 100,
  longestWaitMs: 1_000,
  maxWaitMs: 10_000,
};

describe('Throttle', () => {
  test('takes the quickest reference work so far as normal', () => {
    const throttle = new Throttle(rules);
    const seen = [1.5, 1, 1.09, 1.2, 0.9, 1].map((referenceMs) =>
      throttle.disturbance({ conditions: {}, referenceMs }),
    );
    expect(seen.map((each) => each !== undefined)).toEqual([false, false, false, true, false, true]);
    expect(seen[3]).toBe('slowed down: 1.2 ms for what took 1 ms');
  });

  test('notices clocks that fell below the highest, on average of the cores', () => {
    const throttle = new Throttle(rules);
    expect(throttle.disturbance({ conditions: { clocksMhz: [2_000, 2_000] } })).toBeUndefined();
    expect(throttle.disturbance({ conditions: { clocksMhz: [2_000, 1_300] } })).toBeUndefined();
    expect(throttle.disturbance({ conditions: { clocksMhz: [2_000, 1_100] } })).toMatch('clocks fell');
  });

  test('notices heat, and what the system says of it', () => {
    const throttle = new Throttle(rules);
    expect(throttle.disturbance({ conditions: { temperatureC: 80 } })).toBeUndefined();
    expect(throttle.disturbance({ conditions: { temperatureC: 80.5 } })).toMatch('hot');
    expect(throttle.disturbance({ conditions: {}, limit: 'thermal status severe' })).toBe(
      'thermal status severe',
    );
  });

  test('takes a device that tells nothing as it is', () => {
    expect(new Throttle(rules).disturbance({ conditions: {} })).toBeUndefined();
  });
});

test('waits double up to the longest', () => {
  expect([1, 2, 3, 4, 5, 20].map((inRow) => waitMs(inRow, rules))).toEqual([
    100, 200, 400, 800, 1_000, 1_000,
  ]);
});
