import { memoryUse } from './memory.js';
import { readLoadOptions } from './options.js';
import { GOALS, isSound, loadTable } from './report.js';
import { type Found, runLoad } from './run.js';
import { isComplete } from './searches.js';
import { quantiles } from './waits.js';

describe('a small load', () => {
  let found: Found;

  beforeAll(async () => {
    const load = { searches: 3, architectures: 10, evaluations: 50, scorers: 2, subscribers: 10 };
    found = await runLoad(load, () => undefined);
  });

  test('loses no search, evaluation or event, and delivers none twice', () => {
    expect(found.deaths).toEqual([]);
    expect(found.searches).toMatchObject({ searches: 3, succeeded: 3, faulty: [] });
    // Two rounds of ten and two extras, and the old front in the second.
    expect(found.searches.scored).toBeGreaterThanOrEqual(3 * 2 * 10);
    expect(found.evaluations).toMatchObject({ evaluations: 50, reported: 50, wrong: 0 });
    expect(found.received).toEqual({ subscribers: 10, exact: 10, missing: 0, surplus: 0 });
    expect(isSound(found)).toBe(true);
  });

  test('times every publish and the wait before every stage', () => {
    expect(found.publishMs.count).toBeGreaterThan(3 * 11);
    expect(found.waitMs).toMatchObject({
      train: { count: 6 },
      evaluate: { count: 6 },
      retrain: { count: 3 },
    });
  });

  test('samples the memory of every process', () => {
    expect(found.memory.map(({ process }) => process)).toEqual(
      expect.arrayContaining(['nats-server', 'space-manager', 'fitness-evaluator', 'subscribers']),
    );
  });

  test('is told as a table with what missed its goal', () => {
    const slow = { ...found, publishMs: { count: 1, p50: 1, p99: GOALS.publishMs + 1, max: 99 } };
    expect(loadTable(slow)).toMatch(/publish, .*\| p99 50 MISSED/);
  });

  test.each<[string, Partial<Found>]>([
    ['a process that died', { deaths: ['retrainer'] }],
    [
      'a subscriber that missed an event',
      { received: { subscribers: 10, exact: 9, missing: 1, surplus: 0 } },
    ],
  ])('is not sound with %s', (_, planted) => {
    expect(isSound({ ...found, ...planted })).toBe(false);
  });
});

test('a search is complete with each of its events once', () => {
  const events = [
    's/0/search.created',
    ...[1, 2].flatMap((round) =>
      ['round.prepared', 'supernet.trained', 'fitness.evaluated', 'round.completed'].map(
        (type) => `s/${round}/${type}`,
      ),
    ),
    's/0/search.completed',
    's/0/retrain.completed',
  ];
  expect(isComplete('s', [...events].reverse())).toBe(true);
  expect(isComplete('s', events.slice(1))).toBe(false);
  expect(isComplete('s', [...events, 's/1/round.completed'])).toBe(false);
});

test('memory that grows shows as a growth from the middle third to the last', () => {
  expect(memoryUse('p', [50, 60, 100, 100, 120, 120]).growth).toBe(1.2);
  expect(memoryUse('p', [100]).growth).toBe(1);
});

test('p99 is a value of the sample that 99 of 100 do not exceed', () => {
  const sample = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect(quantiles(sample)).toEqual({ count: 200, p50: 100, p99: 198, max: 200 });
});

test('the load is what the goals name, unless told otherwise', () => {
  expect(readLoadOptions([])).toEqual({
    load: { searches: 100, architectures: 50, evaluations: 10_000, scorers: 8, subscribers: 1_000 },
  });
  expect(readLoadOptions(['--searches', '2', '--json', 'f'])).toMatchObject({
    load: { searches: 2 },
    json: 'f',
  });
  expect(() => readLoadOptions(['--searches', '0'])).toThrow('--searches');
});
