import { encodeArchitecture, macroNetwork } from '@nse/space';
import { parseSpec } from '@nse/spec';
import { beginSearch } from './round.js';
import { shrunkSpace } from './shrink.js';
import type { SearchState } from './state.js';
import { now, writtenSpec } from './testing/search.js';

const spec = parseSpec({
  ...writtenSpec,
  method: 'shrink',
  onlyOperations: [0, 3, 6, 9, 22],
  shrink: { keep: 2, drop: 2, samples: 5, furtherEpochs: 1 },
});

const cells = macroNetwork(spec.network).cells;

/** An architecture of one operation a cell, everywhere the same, and its score. */
const scored = (operation: number, accuracy: number) => ({
  code: encodeArchitecture(cells.map(() => [operation])),
  cost: 1,
  macs: 1,
  accuracy,
  origin: 'sampled' as const,
});

describe('the space of a shrinking search', () => {
  const first = beginSearch('s', spec, now);

  it('begins with the whole pool in every cell, nothing pending, and a round for each drop and the search', () => {
    expect(spec.rounds).toBe(3);
    for (const subset of first.space.subsets) expect(subset).toEqual([0, 1, 2, 3, 4]);
    for (const waiting of first.space.pending) expect(waiting).toEqual([]);
  });

  it('loses the operations of each cell whose architectures scored least, and those that none held', () => {
    const scores = [scored(0, 0.9), scored(1, 0.2), scored(2, 0.5), scored(4, 0.6), scored(0, 0.1)];
    const next = shrunkSpace(first, scores);
    for (const subset of next?.subsets ?? []) expect(subset).toEqual([0, 2, 4]);
    expect(next?.optimized).toEqual(next?.subsets);
    expect(next?.pending).toEqual(first.space.pending);
  });

  it('is not shrunk in the last round, nor by another method', () => {
    const last: SearchState = { ...first, round: 3 };
    expect(shrunkSpace(last, [scored(0, 0.9)])).toBeUndefined();
    const other = beginSearch('s', parseSpec(writtenSpec), now);
    expect(shrunkSpace(other, [scored(0, 0.9)])).toBeUndefined();
  });
});
