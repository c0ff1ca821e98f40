import { type Architecture, type CellSets } from '@nse/space';
import fc from 'fast-check';

import { shrinkSamples, shrinkSpace, shrinkStages } from './shrink.js';
import { network, space } from './tiny.fixture.js';
import { uniformArchitectures } from './candidates.js';

const open = { ...space, band: { above: 0, below: 1e9, belowIncluded: false } };

/** Known worth of an operation in a cell, and the score of an architecture by it. */
const worth = (cell: number, operation: number) => ((cell + 3) * (operation + 1) * 37) % 101;
const scoreOf = (architecture: Architecture) =>
  architecture.reduce((sum, set, cell) => sum + (set[0] === undefined ? 0 : worth(cell, set[0])), 0);

describe('shrinkSpace', () => {
  test('drops the operation that is worth least', () => {
    const subsets: CellSets = network.cells.map(() => [0, 4, 9, 13, 20, 26]);
    const architectures = uniformArchitectures({ ...open, subsets }, 3000).map(
      ({ architecture }) => architecture,
    );
    const left = shrinkSpace(subsets, architectures, architectures.map(scoreOf), { keep: 2, drop: 1 });
    left.forEach((subset, cell) => {
      const weakest = subsets[cell]!.toSorted((a, b) => worth(cell, a) - worth(cell, b))[0];
      expect(subset).toEqual(subsets[cell]!.filter((operation) => operation !== weakest));
    });
  });

  test('takes an operation that no architecture holds for the weakest', () => {
    expect(shrinkSpace([[3, 5, 8]], [[[3]], [[8]]], [0.1, 0.2], { keep: 1, drop: 1 })).toEqual([[3, 8]]);
  });

  test('of equal ones drops the higher index', () => {
    expect(shrinkSpace([[3, 5, 8]], [[[3]], [[5]], [[8]]], [0.1, 0.1, 0.1], { keep: 1, drop: 1 })).toEqual([
      [3, 5],
    ]);
  });

  test('drops so many at a time, and never more than leaves the wanted number', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        (cells, keep, drop) => {
          let subsets: CellSets = cells.map((size) => Array.from({ length: size }, (_, index) => index));
          const stages = shrinkStages(subsets, { keep, drop });
          for (let stage = 0; stage < stages; stage++) {
            const before = subsets;
            subsets = shrinkSpace(subsets, [], [], { keep, drop });
            expect(subsets.some(({ length }, cell) => length < before[cell]!.length)).toBe(true);
          }
          expect(subsets.map(({ length }) => length)).toEqual(cells.map((size) => Math.min(size, keep)));
          expect(shrinkSpace(subsets, [], [], { keep, drop })).toEqual(subsets);
        },
      ),
    );
  });

  test('refuses scores that do not fit the architectures', () => {
    expect(() => shrinkSpace([[1, 2]], [[[1]]], [], { keep: 1, drop: 1 })).toThrow(/0 scores for 1/);
  });
});

test('shrinkSamples draws anew for every stage, within the band', () => {
  const first = shrinkSamples(space, 20, 0);
  expect(shrinkSamples(space, 20, 0)).toEqual(first);
  expect(shrinkSamples(space, 20, 1)).not.toEqual(first);
  for (const architecture of first) {
    const total = space.cost.total(architecture);
    expect(total).toBeGreaterThan(space.band.above);
    expect(total).toBeLessThan(space.band.below);
  }
});
