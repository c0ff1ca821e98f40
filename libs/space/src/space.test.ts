import fc from 'fast-check';

import type { Architecture } from './architecture.js';
import { randomFrom } from './random.js';
import {
  cellsWithRoom,
  extendPending,
  firstSpace,
  inherit,
  nextSpace,
  refill,
  roundsFor,
  type SpaceState,
} from './space.js';

const sizes = fc.record({
  cells: fc.integer({ min: 1, max: 6 }),
  poolSize: fc.integer({ min: 1, max: 30 }),
  subsetSize: fc.integer({ min: 2, max: 7 }),
  seed: fc.nat(),
});

/** A front of a few random architectures of the space; E/R rules do not matter here. */
function anyFront({ subsets }: SpaceState, seed: number): Architecture[] {
  const random = randomFrom(seed, 'front');
  const architecture = () => subsets.map((subset) => subset.filter(() => random.next() < 0.3));
  return Array.from({ length: 1 + random.below(3) }, architecture);
}

describe('a chain of rounds', () => {
  test('loses no optimized operation, and what was tried and what is pending make up the pool', () => {
    fc.assert(
      fc.property(sizes, ({ cells, poolSize, subsetSize, seed }) => {
        let state = firstSpace(cells, poolSize, subsetSize, randomFrom(seed));
        const tried = state.subsets.map((subset) => new Set(subset));
        for (let round = 1; round <= roundsFor(poolSize, subsetSize) + 1; round++) {
          const front = anyFront(state, seed + round);
          const next = nextSpace(state, front, subsetSize);
          for (let cell = 0; cell < cells; cell++) {
            const subset = next.subsets[cell]!;
            const pending = next.pending[cell]!;
            expect(subset).toEqual(expect.arrayContaining([...next.optimized[cell]!]));
            expect(subset.length).toBe(
              Math.min(subsetSize, next.optimized[cell]!.length + state.pending[cell]!.length),
            );
            for (const operation of subset) tried[cell]!.add(operation);
            expect([...tried[cell]!, ...pending].sort((a, b) => a - b)).toEqual(
              Array.from({ length: poolSize }, (_, operation) => operation),
            );
          }
          state = next;
        }
      }),
    );
  });

  test('tries the whole pool when every round keeps one operation a cell', () => {
    let state = firstSpace(2, 27, 5, randomFrom(3));
    for (let round = 2; round <= roundsFor(27, 5); round++) {
      state = nextSpace(state, [state.subsets.map((subset) => subset.slice(0, 1))], 5);
    }
    // 27 operations: 5 in the first round, 4 in each of 5 more.
    expect(state.pending.map((waiting) => waiting.length)).toEqual([2, 2]);
  });
});

describe('firstSpace', () => {
  test('gives every cell its own order', () => {
    const { subsets, pending } = firstSpace(3, 27, 5, randomFrom(1));
    expect(new Set(pending.map((waiting) => waiting.join())).size).toBe(3);
    expect(subsets.every((subset) => subset.length === 5)).toBe(true);
  });
});

describe('inherit', () => {
  test('is the union of the front a cell, and empty without a front', () => {
    expect(
      inherit(
        [
          [[3], [], [7]],
          [[1, 3], [], [2]],
        ],
        3,
      ),
    ).toEqual([[1, 3], [], [2, 7]]);
    expect(inherit([], 2)).toEqual([[], []]);
  });
});

describe('refill', () => {
  test('takes no pending operation twice when the optimized space has it already', () => {
    expect(refill([[4]], [[4, 5, 6, 7]], 3)).toEqual({
      subsets: [[4, 5, 6]],
      pending: [[7]],
      optimized: [[4]],
    });
  });

  test('leaves an optimized space larger than K whole', () => {
    expect(refill([[1, 2, 3, 4]], [[5]], 3).subsets).toEqual([[1, 2, 3, 4]]);
  });
});

describe('cellsWithRoom', () => {
  it('counts the cells whose optimized space does not fill K, where something waits', () => {
    expect(cellsWithRoom(refill([[0, 1], [0], [2], []], [[5], [6], [], [7]], 2))).toBe(2);
  });
});

describe('extendPending', () => {
  test('puts new operations behind those that wait', () => {
    const [first, second] = extendPending([[3], []], 27, 72, randomFrom(2));
    expect(first?.[0]).toBe(3);
    expect(first).toHaveLength(46);
    expect([...second!].sort((a, b) => a - b)).toEqual(Array.from({ length: 45 }, (_, index) => 27 + index));
  });
});

describe('roundsFor', () => {
  test('is what it takes to traverse the pool, at least one', () => {
    expect([roundsFor(27, 5), roundsFor(72, 5), roundsFor(19, 6), roundsFor(5, 8)]).toEqual([6, 17, 3, 1]);
  });

  test('refuses a K that never tries anything new', () => {
    expect(() => roundsFor(27, 1)).toThrow('subsetSize: is a whole number, 2 or more');
    expect(() => roundsFor(27, 2.5)).toThrow('subsetSize');
  });
});
