import { randomFrom } from '@nse/space';
import { optionsOf, wholePool } from '@nse/strategies';
import { chiSquaredDistributionTable } from 'simple-statistics';

import { uniformPath } from './spos.js';
import { network, pool } from './stripes.fixture.js';

const STEPS = 6000;
/** By chance alone a sound draw is above the critical value in one of 200 tests. */
const SIGNIFICANCE = 0.005;

/** Pearson's statistic of these counts against equal ones. */
function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** The value that the statistic of a sound draw exceeds with that chance; one degree of freedom less than counts. */
function critical(counts: readonly number[]): number {
  const rows = Object.entries(chiSquaredDistributionTable);
  return rows.find(([freedom]) => Number(freedom) === counts.length - 1)![1][SIGNIFICANCE];
}

function countsOf(drawn: readonly string[], keys: readonly string[]): number[] {
  return keys.map((key) => drawn.filter((value) => value === key).length);
}

describe('uniformPath', () => {
  const subsets = wholePool(network, pool);
  const options = optionsOf(network.cells, subsets).map((cell) => cell.map((set) => set.join()));
  const paths = Array.from({ length: STEPS }, (_, step) =>
    uniformPath(network.cells, subsets, 1, 'spos', step).map((set) => set.join()),
  );

  test('draws every option of a cell alike, none among them where the cell has an identity', () => {
    for (const [cell, keys] of options.entries()) {
      expect(keys).toHaveLength(network.cells[cell]!.identity ? 28 : 27);
      const counts = countsOf(
        paths.map((path) => path[cell]!),
        keys,
      );
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(STEPS);
      expect(chiSquared(counts)).toBeLessThan(critical(counts));
    }
  });

  test('draws cells apart from each other, and steps too', () => {
    const keys = [0, 1, 2].flatMap((first) => [0, 1, 2].map((second) => `${first},${second}`));
    const third = (path: readonly string[], cell: number) => options[cell]!.indexOf(path[cell]!) % 3;
    const cells = paths.map((path) => `${third(path, 1)},${third(path, 2)}`);
    const steps = paths.slice(1).map((path, step) => `${third(path, 1)},${third(paths[step]!, 1)}`);
    for (const drawn of [cells, steps]) {
      const counts = countsOf(drawn, keys);
      expect(chiSquared(counts)).toBeLessThan(critical(counts));
    }
  });

  test('is a test that a slightly uneven draw fails', () => {
    const random = randomFrom(1, 'uneven');
    const uneven = Array.from({ length: STEPS }, () => String(Math.floor(27 * random.next() ** 1.1)));
    const counts = countsOf(
      uneven,
      Array.from({ length: 27 }, (_, index) => String(index)),
    );
    expect(chiSquared(counts)).toBeGreaterThan(critical(counts));
  });

  test('gives the same path for the same seed and step', () => {
    expect(uniformPath(network.cells, subsets, 1, 'spos', 7).map(String)).toEqual(paths[7]);
    expect(uniformPath(network.cells, subsets, 2, 'spos', 7).map(String)).not.toEqual(paths[7]);
  });
});
