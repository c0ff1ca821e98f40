import { PATH_DROPOUT } from '@nse/strategies';

import { dropChance, droppedPath } from './one-shot.js';
import { network, subsets } from './stripes.fixture.js';

const { cells } = network;
const paths = (done: number, number: number) =>
  Array.from({ length: number }, (_, step) => droppedPath(cells, subsets, PATH_DROPOUT, done, 1, step));

test('nothing is dropped at the beginning', () => {
  for (const path of paths(0, 50)) expect(path).toEqual(subsets);
});

test('the chance rises linearly to r^(1/k)', () => {
  expect(dropChance({ rate: 0.05 }, 27, 1) ** 27).toBeCloseTo(0.05, 12);
  expect(dropChance({ rate: 0.05 }, 5, 0.5)).toBeCloseTo(0.5 * 0.05 ** 0.2, 12);
});

test('at the end a cell with an identity is empty with chance r, and another one never', () => {
  const number = 8000;
  const drawn = paths(1, number);
  for (const { index, identity } of cells) {
    const empty = drawn.filter((path) => path[index]!.length === 0).length / number;
    // Four deviations of a share of 0.05 among 8,000.
    if (identity) expect(Math.abs(empty - PATH_DROPOUT.rate)).toBeLessThan(0.01);
    else expect(empty).toBe(0);
  }
});

test('branches are dropped on their own, each as often as the other', () => {
  const number = 8000;
  const [cell] = cells.filter(({ identity }) => identity);
  const drawn = paths(1, number);
  const stays = 1 - dropChance(PATH_DROPOUT, 3, 1);
  const [first, second] = subsets[cell!.index]!;
  const share = (holds: (set: readonly number[]) => boolean) =>
    drawn.filter((path) => holds(path[cell!.index]!)).length / number;
  expect(Math.abs(share((set) => set.includes(first!)) - stays)).toBeLessThan(0.02);
  expect(Math.abs(share((set) => set.includes(second!)) - stays)).toBeLessThan(0.02);
  expect(Math.abs(share((set) => set.includes(first!) && set.includes(second!)) - stays ** 2)).toBeLessThan(
    0.02,
  );
});
