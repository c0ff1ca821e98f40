import {
  encodeArchitecture,
  fitnessChoices,
  macroNetwork,
  macsCost,
  NseError,
  randomFrom,
  sampleWithin,
  targetBand,
} from '@nse/space';
import { budgetOf, parseSpec, poolOf, presets, type SearchSpec } from '@nse/spec';
import { beginSearch, completeRound, type RoundOutcome, type Score } from './round.js';
import type { SearchState } from './state.js';

const now = '2026-01-01T00:00:00.000Z';
const spec: SearchSpec = parseSpec({ ...presets['fashion-mnist'], rounds: 3, seed: 7 });
const network = macroNetwork(spec.network);
const cost = macsCost(network, poolOf(spec));
const artifact = { name: 'x', bytes: 1, sha256: '0' };

/** An architecture of the state's space: one operation a cell, the `pick`-th of its subset. */
const architectureOf = (state: SearchState, pick: number) =>
  state.space.subsets.map((subset) => [subset[pick % subset.length] ?? 0]);

function score(
  state: SearchState,
  pick: number,
  accuracy: number,
  origin: Score['origin'] = 'sampled',
): Score {
  const architecture = architectureOf(state, pick);
  const macs = cost.total(architecture);
  return { code: encodeArchitecture(architecture), cost: macs, macs, accuracy, origin };
}

function outcomeOf(state: SearchState, scores: Score[]): RoundOutcome {
  const { subsets } = state.space;
  return {
    scores,
    subsets,
    logits: subsets.map((subset) => subset.map(() => 0.5)),
    pruned: subsets.map(() => []),
    weights: artifact,
    carried: artifact,
    seconds: 1,
    trainSeconds: 2,
    curve: [{ step: 0, loss: 2.3 }],
    artifacts: {},
  };
}

describe('a search', () => {
  const first = beginSearch('s', spec, now);

  it('begins with K operations in every cell and the rest of the pool pending', () => {
    for (const [cell, subset] of first.space.subsets.entries()) {
      expect(subset).toHaveLength(spec.subsetSize);
      expect(new Set([...subset, ...(first.space.pending[cell] ?? [])]).size).toBe(27);
    }
  });

  it('begins the same with the same seed and otherwise with another', () => {
    expect(beginSearch('s', spec, now)).toEqual(first);
    expect(beginSearch('s', { ...spec, seed: 8 }, now).space).not.toEqual(first.space);
  });

  it('keeps what the front uses, drops the rest and refills from the pending lists', () => {
    const scores = [0, 1, 2].map((pick) => score(first, pick, 0.5 + pick / 100));
    const { state, record } = completeRound(first, outcomeOf(first, scores), cost, now);
    expect(state.round).toBe(2);
    expect(state.front.map(({ accuracy }) => accuracy)).toEqual(
      [...state.front.map(({ accuracy }) => accuracy)].sort(),
    );
    for (const [cell, subset] of state.space.subsets.entries()) {
      expect(subset).toEqual(expect.arrayContaining([...(state.space.optimized[cell] ?? [])]));
      const dropped = record.space.dropped[cell] ?? [];
      expect(subset.filter((operation) => dropped.includes(operation))).toEqual([]);
    }
    expect(record.space.tried).toEqual(first.space.subsets);
  });

  it('never inherits an extra, also when it is the best of all', () => {
    const scores = [score(first, 0, 0.5), score(first, 1, 0.9, 'extra')];
    const { record } = completeRound(first, outcomeOf(first, scores), cost, now);
    expect(record.front.map(({ code }) => code)).not.toContain(scores[1]?.code);
  });

  it('never ends with an empty front, also when an extra beats every sample', () => {
    const scores = [
      score(first, 0, 0.5),
      score(first, 1, 0.4),
      { ...score(first, 2, 0.9, 'extra'), cost: 1 },
    ];
    const { record } = completeRound(first, outcomeOf(first, scores), cost, now);
    expect(record.front.map(({ code }) => code)).toContain(scores[0]?.code);
    expect(record.front.map(({ code }) => code)).not.toContain(scores[2]?.code);
  });

  it('remembers the round in which an architecture of the front was found', () => {
    const second = completeRound(first, outcomeOf(first, [score(first, 0, 0.5)]), cost, now).state;
    const old: Score = { ...score(first, 0, 0.6), origin: 'front' };
    const weak = score(second, 1, 0.1);
    const { record } = completeRound(second, outcomeOf(second, [weak, old]), cost, now);
    expect(record.front.find(({ code }) => code === old.code)?.round).toBe(1);
    expect(record.front.find(({ code }) => code === old.code)?.accuracy).toBe(0.6);
  });

  it('marks pruned operations in the logits of the record', () => {
    const outcome = outcomeOf(first, [score(first, 0, 0.5)]);
    const gone = first.space.subsets[0]?.[4] ?? 0;
    const subsets = first.space.subsets.map((subset, cell) =>
      cell === 0 ? subset.filter((operation) => operation !== gone) : subset,
    );
    const logits = subsets.map((subset) => subset.map((operation) => operation / 10));
    const { record } = completeRound(first, { ...outcome, subsets, logits }, cost, now);
    expect(record.logits[0]).toEqual(
      first.space.subsets[0]?.map((operation) => (operation === gone ? null : operation / 10)),
    );
  });

  it('keeps no logits of a single-branch search, which learns no fitness', () => {
    const single = { ...first, spec: { ...spec, method: 'nse-single' as const } };
    const { record } = completeRound(single, outcomeOf(single, [score(single, 0, 0.5)]), cost, now);
    expect(record.logits).toEqual([]);
  });

  it('chooses the most accurate within the budget after the last round, and a random one of like cost', () => {
    const random = randomFrom(1, 'scores');
    let state = first;
    for (let round = 1; round <= spec.rounds; round++) {
      const scores = within(state).map((found) => ({ ...found, accuracy: random.next() }));
      state = completeRound(state, outcomeOf(state, scores), cost, now).state;
    }
    expect(state.phase).toBe('RETRAINING');
    const best = Math.max(...state.front.map(({ accuracy }) => accuracy));
    expect(state.chosen?.accuracy).toBe(best);
    const ratio = (state.random?.macs ?? 0) / (state.chosen?.macs ?? 1);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.03);
  });

  it('fails by name when all of the front lies above the budget', () => {
    const last = { ...first, round: spec.rounds };
    const dear = { ...score(first, 0, 0.5), cost: 1e12, macs: 1e12 };
    expect(() => completeRound(last, outcomeOf(last, [dear]), cost, now)).toThrow(NseError);
  });
});

/** Architectures of the state's space inside the band of the budget. */
function within(state: SearchState): Score[] {
  const { target, drift } = budgetOf(spec.constraint);
  const choices = fitnessChoices(network.cells, state.space.subsets);
  const random = randomFrom(1, 'draw', state.round);
  return sampleWithin(targetBand(target, drift), { choices, cost, number: 20, random }).map((sample) => ({
    ...sample,
    macs: sample.cost,
    accuracy: 0,
    origin: 'sampled',
  }));
}
