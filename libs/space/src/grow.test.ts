import fc from 'fast-check';

import { extendSpace, growSpace, roundsToTry } from './grow.js';
import { randomFrom } from './random.js';
import { firstSpace, nextSpace, roundsFor, type SpaceState } from './space.js';

const searches = fc.record({
  cells: fc.integer({ min: 1, max: 5 }),
  oldPoolSize: fc.integer({ min: 1, max: 30 }),
  added: fc.nat(20),
  oldSubsetSize: fc.integer({ min: 2, max: 7 }),
  subsetSize: fc.integer({ min: 2, max: 7 }),
  rounds: fc.integer({ min: 1, max: 8 }),
  seed: fc.nat(),
});

interface OldSearch {
  readonly first: SpaceState;
  readonly last: SpaceState;
  /** Per cell, what was in a supernet and is not on the last front. */
  readonly dropped: readonly ReadonlySet<number>[];
}

type Sizes = Readonly<Record<'cells' | 'oldPoolSize' | 'oldSubsetSize' | 'rounds' | 'seed', number>>;

/** A search with random fronts of operations that its supernets held. */
function oldSearch({ cells, oldPoolSize, oldSubsetSize, rounds, seed }: Sizes): OldSearch {
  const random = randomFrom(seed, 'old');
  const first = firstSpace(cells, oldPoolSize, oldSubsetSize, random);
  const tried = first.subsets.map(() => new Set<number>());
  let state = first;
  for (let round = 1; round <= rounds; round++) {
    state.subsets.forEach((subset, cell) => subset.forEach((operation) => tried[cell]!.add(operation)));
    const front = [state.subsets.map((subset) => subset.filter(() => random.next() < 0.4))];
    state = nextSpace(state, front, oldSubsetSize);
  }
  const dropped = tried.map(
    (operations, cell) =>
      new Set([...operations].filter((operation) => !state.optimized[cell]!.includes(operation))),
  );
  return { first, last: state, dropped };
}

function grown(sizes: Sizes & { readonly added: number; readonly subsetSize: number }) {
  const old = oldSearch(sizes);
  const { oldPoolSize, added, subsetSize, seed } = sizes;
  const growth = { oldPoolSize, poolSize: oldPoolSize + added, subsetSize };
  return { old, ...growSpace(old.last, growth, randomFrom(seed, 'new')) };
}

describe('the space of a search that goes on with a larger pool', () => {
  it('has each operation of the pool once: in the subset, pending, or dropped by the old search', () => {
    fc.assert(
      fc.property(searches, (sizes) => {
        const { old, space } = grown(sizes);
        for (let cell = 0; cell < sizes.cells; cell++) {
          const all = [...space.subsets[cell]!, ...space.pending[cell]!, ...old.dropped[cell]!];
          expect(all.sort((a, b) => a - b)).toEqual(
            Array.from({ length: sizes.oldPoolSize + sizes.added }, (_, operation) => operation),
          );
        }
      }),
    );
  });

  it('keeps the optimized space whole, in subsets of K or as large as it is', () => {
    fc.assert(
      fc.property(searches, (sizes) => {
        const { old, space } = grown(sizes);
        expect(space.optimized).toEqual(old.last.optimized);
        for (let cell = 0; cell < sizes.cells; cell++) {
          const [subset, kept] = [space.subsets[cell]!, old.last.optimized[cell]!];
          expect(kept.filter((operation) => !subset.includes(operation))).toEqual([]);
          if (space.pending[cell]!.length > 0) {
            expect(subset).toHaveLength(Math.max(sizes.subsetSize, kept.length));
          }
        }
      }),
    );
  });

  it('has pending the old operations in their old order, then the new ones', () => {
    fc.assert(
      fc.property(searches, (sizes) => {
        const { old, space } = grown(sizes);
        for (let cell = 0; cell < sizes.cells; cell++) {
          const pending = space.pending[cell]!;
          const isOld = pending.map((operation) => operation < sizes.oldPoolSize);
          expect(isOld.lastIndexOf(true)).toBeLessThan(
            isOld.includes(false) ? isOld.indexOf(false) : Infinity,
          );
          const waited = old.last.pending[cell]!;
          const place = (operation: number) => waited.indexOf(operation);
          const oldOnes = pending.filter((operation) => waited.includes(operation));
          expect(oldOnes).toEqual([...oldOnes].sort((a, b) => place(a) - place(b)));
        }
      }),
    );
  });

  it('tries first what the old search drew and did not come to', () => {
    fc.assert(
      fc.property(searches, (sizes) => {
        const { old, space } = grown({ ...sizes, subsetSize: sizes.oldSubsetSize });
        space.subsets.forEach((subset, cell) => {
          expect(subset).toEqual(expect.arrayContaining([...old.last.subsets[cell]!]));
        });
      }),
    );
  });

  it('has the rounds that one search on the larger pool would have more, where cells keep one operation', () => {
    fc.assert(
      fc.property(searches, ({ oldPoolSize, added, subsetSize, seed }) => {
        // Less, and a search of at least one round has more than the formula gives.
        fc.pre(oldPoolSize >= subsetSize);
        const before = roundsFor(oldPoolSize, subsetSize);
        let state = firstSpace(1, oldPoolSize, subsetSize, randomFrom(seed));
        for (let round = 1; round <= before; round++) {
          state = nextSpace(state, [[[state.subsets[0]![0]!]]], subsetSize);
        }
        const growth = { oldPoolSize, poolSize: oldPoolSize + added, subsetSize };
        const { rounds } = growSpace(state, growth, randomFrom(seed));
        expect(rounds).toBe(Math.max(1, roundsFor(oldPoolSize + added, subsetSize) - before));
      }),
    );
  });

  it('draws the order of the new operations cell by cell, the same for the same randomness', () => {
    const sizes = {
      cells: 2,
      oldPoolSize: 5,
      added: 40,
      oldSubsetSize: 5,
      subsetSize: 5,
      rounds: 1,
      seed: 1,
    };
    const { space } = grown(sizes);
    expect(grown(sizes).space).toEqual(space);
    const added = space.pending.map((pending) => pending.filter((operation) => operation >= 5));
    expect(added[0]).not.toEqual(added[1]);
    expect(added[0]).not.toEqual([...added[0]!].sort((a, b) => a - b));
  });

  it('may go on with the same pool', () => {
    const sizes = {
      cells: 1,
      oldPoolSize: 27,
      added: 0,
      oldSubsetSize: 5,
      subsetSize: 5,
      rounds: 1,
      seed: 1,
    };
    const { old, space, rounds } = grown(sizes);
    expect(space).toEqual(old.last);
    expect(rounds).toBe(5);
  });
});

describe('the space of a round under way whose pool becomes larger', () => {
  const extended = (sizes: Sizes & { readonly added: number }) => {
    const { last } = oldSearch(sizes);
    const { oldPoolSize, added, seed } = sizes;
    const random = randomFrom(seed, 'extended');
    return { last, space: extendSpace(last, { oldPoolSize, poolSize: oldPoolSize + added }, random) };
  };

  it('leaves the round as it is, and puts each new operation once behind what waits', () => {
    fc.assert(
      fc.property(searches, (sizes) => {
        const { last, space } = extended(sizes);
        expect([space.subsets, space.optimized]).toEqual([last.subsets, last.optimized]);
        for (const [cell, waited] of last.pending.entries()) {
          const pending = space.pending[cell]!;
          expect(pending.slice(0, waited.length)).toEqual(waited);
          expect(pending.slice(waited.length).sort((a, b) => a - b)).toEqual(
            Array.from({ length: sizes.added }, (_, place) => sizes.oldPoolSize + place),
          );
        }
      }),
    );
  });

  it('gives all that waits its turn in the rounds to try, and not in one less, where cells keep one operation', () => {
    fc.assert(
      fc.property(searches, (sizes) => {
        const K = sizes.subsetSize;
        let { space } = extended({ ...sizes, oldSubsetSize: K });
        fc.pre(space.subsets.every(({ length }) => length > 0));
        const rounds = roundsToTry(space.pending, K);
        for (let round = 1; round <= rounds; round++) {
          expect(space.pending.some(({ length }) => length > 0)).toBe(true);
          const kept = space.subsets.map((subset) => subset.slice(0, 1));
          space = nextSpace(space, [kept], K);
        }
        expect(space.pending.every(({ length }) => length === 0)).toBe(true);
      }),
    );
  });
});
