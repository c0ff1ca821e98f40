import { encodeArchitecture, macroNetwork, macsCost } from '@nse/space';
import { parseSpec, poolOf } from '@nse/spec';
import { dueEvents } from './due.js';
import { beginSearch, completeRound, type RoundOutcome } from './round.js';
import type { SearchState } from './state.js';
import { now, writtenSpec } from './testing/search.js';

const spec = parseSpec({ ...writtenSpec, rounds: 3, ablation: { inherit: false } });
const network = macroNetwork(spec.network);
const cost = macsCost(network, poolOf(spec));
const ref = { name: 'a', bytes: 1, sha256: '00' };

/** The outcome of a round in which one architecture was scored: the first operation of every cell. */
function outcomeOf({ space }: SearchState, accuracy: number): RoundOutcome {
  const architecture = space.subsets.map((subset) => subset.slice(0, 1));
  const macs = cost.total(architecture);
  const score = {
    code: encodeArchitecture(architecture),
    cost: macs,
    macs,
    accuracy,
    origin: 'sampled' as const,
  };
  return {
    subsets: space.subsets,
    logits: space.subsets.map((subset) => subset.map(() => 0)),
    pruned: space.subsets.map(() => []),
    weights: ref,
    carried: ref,
    seconds: 1,
    trainSeconds: 1,
    scores: [score],
    curve: [],
    artifacts: {},
  };
}

const prepared = (state: SearchState) =>
  dueEvents(state, undefined).flatMap((event) => (event.type === 'round.prepared' ? [event.data] : []))[0];

describe('a search whose rounds inherit nothing', () => {
  const first = beginSearch('anew', spec, now);
  const { state: second } = completeRound(first, outcomeOf(first, 0.5), cost, now);

  it('draws the operations of every round anew from the whole pool', () => {
    expect(second.space.subsets).not.toEqual(first.space.subsets);
    second.space.subsets.forEach((subset, cell) => {
      expect(subset).toHaveLength(spec.subsetSize);
      expect([...subset, ...(second.space.pending[cell] ?? [])].sort((a, b) => a - b)).toEqual(
        poolOf(spec).operations.map((_, operation) => operation),
      );
    });
    expect(second.space.optimized.flat()).toEqual([]);
    expect(completeRound(first, outcomeOf(first, 0.5), cost, now).state.space).toEqual(second.space);
  });

  it('hands no front, no optimized space and no weights on to the next round', () => {
    expect(second.front).toHaveLength(1);
    expect(prepared(second)).toMatchObject({ round: 2, oldFront: [], optimized: null, carried: null });
  });

  it('keeps the front of all rounds, each architecture by the score of its own', () => {
    const worse = completeRound(second, outcomeOf(second, 0.1), cost, now).state;
    expect(worse.front.map(({ accuracy, round }) => [accuracy, round])).toContainEqual([0.5, 1]);
    const better = completeRound(second, outcomeOf(second, 0.9), cost, now).state;
    expect(better.front.at(-1)).toMatchObject({ accuracy: 0.9, round: 2 });
  });

  it('is another search than one that inherits, whose spec stays as it was', () => {
    const plain = parseSpec({ ...writtenSpec, rounds: 3 });
    expect(parseSpec({ ...writtenSpec, rounds: 3, ablation: { inherit: true } })).toEqual(plain);
    const begun = beginSearch('plain', plain, now);
    const next = completeRound(begun, outcomeOf(begun, 0.5), cost, now).state;
    expect(prepared(next)?.oldFront).toHaveLength(1);
    expect(prepared(next)?.carried).toEqual(ref);
    expect(parseSpec(spec)).toEqual(spec);
    expect(parseSpec({ ...writtenSpec, method: 'spos', ablation: { inherit: false } })).toEqual(
      parseSpec({ ...writtenSpec, method: 'spos' }),
    );
    expect(() => parseSpec({ ...writtenSpec, continueFrom: 'old', ablation: { inherit: false } })).toThrow(
      'ablation.inherit',
    );
  });
});
