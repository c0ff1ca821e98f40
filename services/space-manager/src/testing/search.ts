import { parseSpec, type SearchSpec } from '@nse/spec';
import { beginSearch } from '../round.js';
import type { RoundRecord, SearchState } from '../state.js';

/** A small sound spec as a user would write it. */
export const writtenSpec = {
  name: 'small',
  seed: 3,
  dataset: { kind: 'fashion-mnist' },
  network: { plan: 'NR', depths: [1, 1, 0, 0, 0], widths: [8, 8, 16, 24, 32], tailChannels: 64 },
  rounds: 2,
  constraint: { macs: { target: 1.2e6, drift: 0.2e6 } },
};

export const smallSpec: SearchSpec = parseSpec(writtenSpec);

export const artifact = { name: 'a', bytes: 1, sha256: '0' };

export const now = '2026-01-01T00:00:00.000Z';

/** A search that has just begun, or where `changes` say that it is. */
export function searchState(id: string, changes: Partial<SearchState> = {}): SearchState {
  return { ...beginSearch(id, smallSpec, now), ...changes };
}

/** What a round of the search may have left. */
export function roundRecord(search: string, round: number): RoundRecord {
  const { space } = searchState(search);
  const { subsets, pending } = space;
  const none = subsets.map(() => []);
  return {
    search,
    round,
    rounds: smallSpec.rounds,
    front: [{ code: subsets.map((subset) => subset[0]).join('.'), cost: 5, macs: 5, accuracy: 0.5, round }],
    space: {
      subsets,
      tried: subsets,
      kept: subsets,
      dropped: none,
      pruned: none,
      optimized: subsets,
      pendingCounts: pending.map((waiting) => waiting.length),
      untried: pending,
    },
    logits: subsets.map((subset) => subset.map((_, place) => (place === 0 ? null : place / 10))),
    scored: 2,
    bestAccuracy: 0.5,
    scores: [
      [5, 0.5],
      [6, 0.25],
    ],
    curve: [
      { step: 10, loss: 2.5 },
      { step: 20, loss: null },
    ],
    artifacts: { weights: artifact },
    seconds: { train: 2, evaluate: 1 },
  };
}
