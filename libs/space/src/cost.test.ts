import fc from 'fast-check';

import { decodeArchitecture } from './code.js';
import { macsCost, parameters, parametersByCell } from './cost.js';
import { macroNetwork } from './macro.js';
import { poolNamed } from './pool.js';
import { PUBLISHED } from './published.js';
import { pool, small } from './testing/small.js';

describe('macsCost', () => {
  for (const [name, published] of Object.entries(PUBLISHED)) {
    test(`knows the published figure of ${name}`, () => {
      const network = macroNetwork(published.network);
      const own = poolNamed(published.pool);
      expect(macsCost(network, own).total(decodeArchitecture(published.code, network, own))).toBe(
        published.macs,
      );
    });
  }

  test('counts stem and tail at the size of the image', () => {
    const stem = 1 * 8 * 9 * 16 * 16;
    const last = small.cells.at(-1)!;
    const tail = last.outChannels * 64 * last.sizeOut ** 2;
    expect(macsCost(small, pool).fixed).toBe(stem + tail + 64 + 64 * 10);
  });

  test('is the sum over cells and operations, and a whole number', () => {
    const cost = macsCost(small, pool);
    const operations = fc.uniqueArray(fc.nat({ max: pool.operations.length - 1 }), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(operations, { minLength: small.cells.length, maxLength: small.cells.length }),
        (cells) => {
          const sum = cells.flatMap((cell, index) => cell.map((operation) => cost.of(index, [operation])));
          expect(cost.total(cells)).toBe(sum.reduce((a, b) => a + b, cost.fixed));
          expect(Number.isSafeInteger(cost.total(cells))).toBe(true);
        },
      ),
    );
  });

  test('is the same however often it is asked for, and each pool and network has its own', () => {
    const totals = (shown: typeof pool, network = small) => {
      const cost = macsCost(network, shown);
      return network.cells.map(({ index }) =>
        shown.operations.map((_, operation) => cost.of(index, [operation])),
      );
    };
    const reversed = { ...pool, operations: [...pool.operations].reverse() };
    const wider = {
      ...small,
      cells: small.cells.map((cell) => ({ ...cell, inChannels: 2 * cell.inChannels })),
    };
    const first = totals(pool);
    expect(totals(reversed)).toEqual(first.map((cell) => [...cell].reverse()));
    expect(totals(pool, wider)).not.toEqual(first);
    expect(parametersByCell(small, pool).of(0, [0])).not.toBe(first[0]![0]);
    expect(totals(pool)).toEqual(first);
  });

  test('refuses an architecture of another length', () => {
    expect(() => macsCost(small, pool).total([[0]])).toThrow('architecture: has 1 cells, the network has 8');
  });
});

describe('parameters', () => {
  test('of nothing but stem and tail', () => {
    const stem = 1 * 8 * 9 + 2 * 8;
    const tail = 32 * 64 + (64 + 1) * 10;
    expect(
      parameters(
        small,
        pool,
        small.cells.map(() => []),
      ),
    ).toBe(stem + tail);
  });

  test('of one operation more', () => {
    const counts = parametersByCell(small, pool);
    expect(counts.of(0, [0])).toBe(8 * 8 + 8 * 9 + 8 * 8 + 3 * 2 * 8);
    expect(counts.of(0, [])).toBe(0);
  });
});
