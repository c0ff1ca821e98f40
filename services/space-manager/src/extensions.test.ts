import { canonicalOperation } from '@nse/spec';
import { choiceAfter, createdSpec, joinedBefore, joinedBy, sinceOf } from './extensions.js';
import { extendSearch } from './grow.js';
import { largerPool } from './larger-pool.js';
import type { SearchState } from './state.js';
import { now, searchState, smallSpec } from './testing/search.js';

const own = canonicalOperation({ kind: 'MBConv', kernel: 13, expansion: 1, squeezeExcitation: true });

/** A search of 27 operations that got one of its own in round 2, and 45 in round 3. */
function extendedTwice(): SearchState {
  const add = (state: SearchState, wanted: Parameters<typeof largerPool>[1], round: number) =>
    extendSearch({ ...state, round }, { choice: largerPool(state.spec, wanted).choice, rounds: 0, now });
  const once = add(searchState('grown'), { operations: [own] }, 2);
  return add(once, { pool: 'mac72' }, 3);
}

describe('a search whose pool grew', () => {
  const state = extendedTwice();
  const sizeOf = (since: number) => sinceOf(state).filter((one) => one === since).length;

  it('knows since when each operation may be tried: from the round after the one in which it came', () => {
    expect(sinceOf(state)).toHaveLength(73);
    expect([1, 3, 4].map(sizeOf)).toEqual([27, 1, 45]);
    expect(joinedBefore(state, 1)).toEqual([]);
    expect(joinedBefore(state, 2)).toEqual([]);
    expect(joinedBefore(state, 3)).toEqual([{ index: 27, name: 'MBConv k13 t1 se' }]);
    expect(joinedBefore(state, 4).map(({ index }) => index)).toEqual(
      Array.from({ length: 45 }, (_, place) => 28 + place),
    );
  });

  it('knows what each extension brought, and the pool as every round left it', () => {
    const [first, second] = state.extensions!;
    expect(joinedBy(state, first!)).toHaveLength(1);
    expect(joinedBy(state, second!)).toHaveLength(45);
    const names = [1, 2, 3, 4].map((round) => choiceAfter(state, round).addOperations?.length ?? 0);
    expect(names).toEqual([0, 1, 46, 46]);
  });

  it('knows the spec that it was created with', () => {
    expect(createdSpec(state)).toEqual(smallSpec);
    expect(createdSpec(searchState('plain'))).toEqual(smallSpec);
  });

  it('tells what came with the search that it goes on from', () => {
    const larger: SearchState = {
      ...searchState('next'),
      spec: { ...smallSpec, pool: 'mac72' },
      oldPool: { pool: 'mac27' },
    };
    expect(sinceOf(larger).indexOf(1)).toBe(27);
    expect(joinedBefore(larger, 1)).toHaveLength(45);
    expect(joinedBefore(larger, 2)).toEqual([]);
  });
});
