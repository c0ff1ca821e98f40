import { type Architecture, type Cost, inBand, keepsTo, NseError, targetBand } from '@nse/space';
import fc from 'fast-check';

import { likeliest, likeliestWithin } from './derive.js';
import { type CellOptions, optionsOf } from './options.js';
import { softmax } from './softmax.js';
import { cost, network, subsets } from './tiny.fixture.js';

const options = optionsOf(network.cells, subsets);
const tables = fc
  .tuple(
    ...options.map((own) =>
      fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: own.length, maxLength: own.length }),
    ),
  )
  .map((rows) => rows.map(softmax));

/** Every architecture of the options, with its probability. */
function all(cells: readonly CellOptions[], table: readonly (readonly number[])[]): [Architecture, number][] {
  return cells.reduce<[Architecture, number][]>(
    (begun, own, cell) =>
      begun.flatMap(([architecture, p]) =>
        own.map((set, option): [Architecture, number] => [[...architecture, set], p * table[cell]![option]!]),
      ),
    [[[], 1]],
  );
}

test('likeliest takes the first of the likeliest options', () => {
  const rows = options.map((own) => own.map((_, option) => (option === 1 || option === 2 ? 0.4 : 0.1)));
  expect(likeliest(options, rows)).toEqual(options.map((own) => own[1]));
});

test('likeliestWithin keeps to the band, and is as likely as the best of all architectures in it', () => {
  fc.assert(
    fc.property(tables, fc.integer({ min: 100, max: 380 }), (table, target) => {
      const band = targetBand(target * 1e3, 30e3);
      const within = all(options, table).filter(([architecture]) => inBand(band, cost.total(architecture)));
      if (within.length === 0) return;
      const found = likeliestWithin(band, cost, options, table);
      expect(inBand(band, cost.total(found))).toBe(true);
      const best = Math.max(...within.map(([, p]) => p));
      const [, own] = within.find(([architecture]) => architecture.join('.') === found.join('.'))!;
      // Costs are in steps, so a little may be lost.
      expect(own).toBeGreaterThanOrEqual(0.9 * best);
    }),
    { numRuns: 60 },
  );
});

test('likeliestWithin is the likeliest of all where that lies in the band', () => {
  fc.assert(
    fc.property(tables, (table) => {
      const free = likeliest(options, table);
      const band = targetBand(cost.total(free), 60e3);
      const chance = (architecture: Architecture) =>
        architecture.reduce(
          (product, set, cell) =>
            product * table[cell]![options[cell]!.findIndex((own) => own.join() === set.join())]!,
          1,
        );
      // Another one may be just as likely.
      expect(chance(likeliestWithin(band, cost, options, table))).toBeCloseTo(chance(free), 12);
    }),
    { numRuns: 30 },
  );
});

test('likeliestWithin fails with BudgetUnreachable where nothing fits', () => {
  const rows = options.map((own) => own.map(() => 1 / own.length));
  const derive = () => likeliestWithin(targetBand(10, 1), cost, options, rows);
  expect(derive).toThrow(NseError);
  expect(derive).toThrow(/no architecture of these options lies within the budget/);
});

describe('likeliestWithin beside a limit', () => {
  /** A second measure by which other options are the dear ones. */
  const of: Cost['of'] = (cell, set) =>
    set.reduce((sum, operation) => sum + 1 + ((operation * 7 + cell) % 5), 0);
  const other: Cost = {
    unit: 'ms',
    fixed: 1,
    of,
    total: (architecture) => architecture.reduce((sum, set, cell) => sum + of(cell, set), 1),
  };
  const targets = fc.integer({ min: 100, max: 380 });

  test('keeps to both, and is nearly as likely as the best of all that do', () => {
    fc.assert(
      fc.property(tables, targets, fc.integer({ min: 8, max: 30 }), (table, target, below) => {
        const band = targetBand(target * 1e3, 30e3);
        const limits = [{ cost: other, below }];
        const within = all(options, table).filter(
          ([architecture]) => inBand(band, cost.total(architecture)) && keepsTo(limits, architecture),
        );
        if (within.length === 0) return;
        const found = likeliestWithin(band, cost, options, table, limits);
        expect(inBand(band, cost.total(found)) && keepsTo(limits, found)).toBe(true);
        const best = Math.max(...within.map(([, p]) => p));
        const [, own] = within.find(([architecture]) => architecture.join('.') === found.join('.'))!;
        expect(own).toBeGreaterThanOrEqual(0.6 * best);
      }),
      { numRuns: 60 },
    );
  });

  test('fails where nothing keeps to it', () => {
    const rows = options.map((own) => own.map(() => 1 / own.length));
    const limits = [{ cost: other, below: 2 }];
    expect(() => likeliestWithin(targetBand(250e3, 1e5), cost, options, rows, limits)).toThrow(
      /no architecture/,
    );
  });
});
