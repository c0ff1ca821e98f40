import fc from 'fast-check';

import { prune } from './prune.js';

const pruneCell = (identity: boolean, subset: number[], logits: number[], optimized: number[] = []) =>
  prune({ cells: [{ identity }], subsets: [subset], fitness: [logits], optimized: [optimized], below: -2 });

describe('prune', () => {
  test('keeps an operation at the threshold and drops one under it', () => {
    const result = pruneCell(true, [4, 5, 6], [-2, -2.001, 0]);
    expect(result).toEqual({ subsets: [[4, 6]], pruned: [[5]] });
  });

  test('empties a cell with identity, and no other', () => {
    expect(pruneCell(true, [4, 5], [-3, -3]).subsets).toEqual([[]]);
    expect(pruneCell(false, [4, 5], [-3, -3]).subsets).toEqual([[4, 5]]);
  });

  test('leaves the fittest when all of a cell without identity fall in one step', () => {
    expect(pruneCell(false, [4, 5, 6], [-4, -3, -5])).toEqual({ subsets: [[5]], pruned: [[4, 6]] });
    expect(pruneCell(false, [4, 5, 6], [-3, -3, -3]).subsets).toEqual([[4]]);
  });

  test('leaves two alone, but may go from three to one', () => {
    expect(pruneCell(false, [4, 5], [-3, 0]).subsets).toEqual([[4, 5]]);
    expect(pruneCell(false, [4, 5, 6], [-3, 0, -3]).subsets).toEqual([[5]]);
  });

  test('never drops what the last optimized space holds, nor an operation whose logit is no number', () => {
    expect(pruneCell(true, [4, 5], [-9, -9], [5]).subsets).toEqual([[5]]);
    expect(pruneCell(false, [4, 5, 6], [NaN, -9, NaN]).subsets).toEqual([[4, 6]]);
  });

  test('splits every subset in kept and pruned, and keeps one in every cell without identity', () => {
    const cell = fc.record({
      identity: fc.boolean(),
      logits: fc.array(fc.double({ min: -4, max: 0, noNaN: true }), { minLength: 1, maxLength: 6 }),
    });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
        const subsets = cells.map(({ logits }) => logits.map((_, place) => place + 10));
        const fitness = cells.map(({ logits }) => logits);
        const result = prune({ cells, subsets, fitness, optimized: cells.map(() => [12]), below: -2 });
        result.subsets.forEach((kept, index) => {
          const together = [...kept, ...result.pruned[index]!].sort((a, b) => a - b);
          expect(together).toEqual(subsets[index]);
          expect(result.pruned[index]).not.toContain(12);
          if (!cells[index]!.identity) expect(kept.length).toBeGreaterThan(0);
        });
      }),
    );
  });
});
