import {
  decodeArchitecture,
  encodeArchitecture,
  macroNetwork,
  macsCost,
  NseError,
  poolNamed,
} from '@nse/space';
import { isAskedFor, parseSpec, type SearchSpec } from '@nse/spec';
import fc from 'fast-check';
import { extendSearch, type GrowableSearch, growFrom } from './grow.js';
import { beginSearch, completeRound, type Score } from './round.js';
import type { SearchState } from './state.js';
import { artifact, now, writtenSpec } from './testing/search.js';

const written = { ...writtenSpec, pool: 'mac27', retrain: { compareRandom: false } };
const continued = {
  ...written,
  name: 'larger',
  seed: 5,
  pool: 'mac72',
  continueFrom: 'old',
  rounds: undefined,
};
const network = macroNetwork(parseSpec(written).network);

const costOf = ({ pool }: SearchSpec) => macsCost(network, poolNamed(pool));

/** The scores of two architectures of the state's space, which the seed picks. */
function scoresOf({ space }: SearchState, seed: number): Score[] {
  return [0, 1].map((pick) => {
    const code = encodeArchitecture(space.subsets.map((subset) => [subset[(seed + pick) % subset.length]!]));
    const cost = 1e6 - pick;
    return { code, cost, macs: cost, accuracy: 0.5 - pick / 10, origin: 'sampled' };
  });
}

function completed(state: SearchState, scores: readonly Score[]) {
  const { subsets } = state.space;
  const outcome = {
    scores,
    subsets,
    logits: subsets.map((subset) => subset.map(() => 0)),
    pruned: subsets.map(() => []),
    weights: artifact,
    carried: artifact,
    seconds: 1,
    trainSeconds: 1,
    curve: [],
    artifacts: {},
  };
  return completeRound(state, outcome, costOf(state.spec), now);
}

const nextRound = (state: SearchState, seed: number) => completed(state, scoresOf(state, seed)).state;

/** A search with `rounds` rounds behind it, its last one too. */
function ended(rounds: number, seed = 3): SearchState {
  let state = beginSearch('old', parseSpec({ ...written, rounds, seed }), now);
  for (let round = 1; round <= rounds; round++) state = nextRound(state, seed + round);
  return state;
}

const grow = (old: GrowableSearch, changes: object = {}) => {
  const spec = parseSpec({ ...continued, ...changes });
  return growFrom(old, { id: 'new', spec, cost: costOf(spec), now });
};

function refusal(action: () => unknown): NseError {
  try {
    action();
  } catch (error) {
    return NseError.from(error);
  }
  throw new Error('was not refused');
}

describe('a search that goes on from another', () => {
  const old = ended(2);

  it('begins its first round with the optimized space and the front, scored under its own cost', () => {
    const state = grow({ ...old, front: old.front.map((point) => ({ ...point, cost: 1 })) });
    expect(state).toMatchObject({ id: 'new', phase: 'RUNNING', stage: 'train', round: 1, carried: null });
    expect(state.space.optimized).toEqual(old.space.optimized);
    expect(state.front.map(({ code }) => code)).toEqual(old.front.map(({ code }) => code));
    for (const { code, cost, round } of state.front) {
      const pool = poolNamed('mac72');
      expect(cost).toBe(macsCost(network, pool).total(decodeArchitecture(code, network, pool)));
      expect(round).toBe(0);
    }
  });

  it('loses no operation and takes up none that was dropped, whatever the seeds, rounds and K', () => {
    const any = fc.record({
      rounds: fc.integer({ min: 1, max: 7 }),
      seed: fc.nat(1000),
      subsetSize: fc.integer({ min: 2, max: 9 }),
    });
    fc.assert(
      fc.property(any, ({ rounds, seed, subsetSize }) => {
        const before = ended(rounds, seed);
        const { space } = grow(before, { subsetSize });
        for (const { index: cell } of network.cells) {
          const inOld = (sets: SearchState['space']['subsets']) => sets[cell] ?? [];
          const known = [...inOld(before.space.subsets), ...inOld(before.space.pending)];
          const added = Array.from({ length: 45 }, (_, operation) => 27 + operation);
          const all = [...inOld(space.subsets), ...inOld(space.pending)];
          expect(all.sort((a, b) => a - b)).toEqual([...known, ...added].sort((a, b) => a - b));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('has as many rounds as wait, or as many as are asked for', () => {
    const waiting = Math.max(
      ...old.space.subsets.map((subset, cell) => {
        const drawn = subset.length - old.space.optimized[cell]!.length;
        return drawn + old.space.pending[cell]!.length + 45;
      }),
    );
    expect(grow(old).spec.rounds).toBe(Math.floor(waiting / 4));
    expect(grow(old, { rounds: 3 }).spec.rounds).toBe(3);
  });

  it('is the same for the same seed, and draws another order for another', () => {
    expect(grow(old)).toEqual(grow(old));
    expect(grow(old, { seed: 6 }).space.pending).not.toEqual(grow(old).space.pending);
  });

  it('calls new in its first round what is not inherited, and keeps the old front where it holds', () => {
    const state = grow(old);
    const inherited = state.front.map((point): Score => ({ ...point, accuracy: 0.9, origin: 'front' }));
    const { record } = completed(state, [...scoresOf(state, 1), ...inherited]);
    const fresh = state.space.subsets.map((subset, cell) =>
      subset.filter((operation) => !old.space.optimized[cell]!.includes(operation)),
    );
    expect(record.space.tried).toEqual(fresh);
    const best = record.front.find(({ accuracy }) => accuracy === 0.9);
    expect(best).toMatchObject({ round: 0 });
    expect(old.front.map(({ code }) => code)).toContain(best?.code);
  });

  it('may go on from a search that failed or was cancelled after a round, or is being retrained', () => {
    const halfway = nextRound(beginSearch('old', parseSpec({ ...written, rounds: 3 }), now), 1);
    for (const phase of ['FAILED', 'CANCELLED'] as const) {
      expect(grow({ ...halfway, phase }).space.optimized).toEqual(halfway.space.optimized);
    }
    for (const phase of ['RETRAINING', 'PAUSED', 'SUCCEEDED'] as const) {
      expect(grow({ ...old, phase }).space.optimized).toEqual(old.space.optimized);
    }
  });

  it.each([
    ['has rounds to go', { phase: 'RUNNING', stage: 'evaluate' }, /still has rounds to go/],
    ['is paused in a round', { phase: 'PAUSED', stage: 'train' }, /still has rounds to go/],
    ['is being deleted', { phase: 'DELETING' }, /is being deleted/],
    ['has no front', { phase: 'FAILED', stage: 'train', front: [] }, /has no front/],
  ] as const)('is refused while the old one %s', (_, changes, message) => {
    const error = refusal(() => grow({ ...old, ...changes }));
    expect(error).toMatchObject({ code: 'FAILED_PRECONDITION', field: 'continueFrom' });
    expect(error.message).toMatch(message);
  });

  it.each([
    [
      'another plan',
      { network: { plan: 'NER', depths: [1, 1, 0, 0, 0, 0], widths: [8, 8, 16, 24, 32, 40, 48] } },
      /network.plan is "NER"; that of search "old" is "NR"/,
    ],
    [
      'other depths',
      { network: { ...written.network, depths: [2, 1, 0, 0, 0] } },
      /network.depths is \[2,1,0,0,0\]/,
    ],
    ['other widths', { network: { ...written.network, widths: [8, 8, 16, 24, 40] } }, /network.widths/],
    ['another scale', { network: { ...written.network, scale: 2 } }, /network.scale is 2; .* is 1$/m],
    ['another stem', { network: { ...written.network, stemStride: 2 } }, /network.stemStride/],
    [
      'images of another size',
      { dataset: { kind: 'mnist', path: '/d' }, network: { ...written.network, imageSize: 32 } },
      /network.imageSize/,
    ],
    [
      'other classes',
      { dataset: { kind: 'mnist', path: '/d' }, network: { ...written.network, classes: 12 } },
      /network.classes/,
    ],
    ['another tail', { network: { ...written.network, tailChannels: 32 } }, /network.tailChannels/],
    [
      'another unit',
      { constraint: { latency: { table: 't', targetMs: 5, driftMs: 1 } } },
      /unit of constraint is "ms"; .* is "macs"/,
    ],
    ['another method', { method: 'nse-single' }, /method is "nse-single"/],
    [
      'a pool with other operations',
      { pool: 'gpu19' },
      /gpu19 has MBConv k3 t3 at index 1, where pool mac27 has MBConv k3 t1 d2/,
    ],
  ])('is refused with %s', (_, changes, message) => {
    const error = refusal(() => {
      const spec = parseSpec({ ...continued, ...changes });
      growFrom(old, { id: 'new', spec, cost: costOf(parseSpec(continued)), now });
    });
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toMatch(message);
    expect(new Set(error.violations.map(({ field }) => field))).toEqual(new Set(['continueFrom']));
  });

  it('is refused with a smaller pool, and every misfit is named at once', () => {
    const larger = { ...old, spec: { ...old.spec, pool: 'mac72' as const } };
    const error = refusal(() => grow(larger, { pool: 'mac27', method: 'nse-single' }));
    expect(error.violations).toHaveLength(2);
    expect(error.message).toMatch(
      /mac27 has no operation at index 27, where pool mac72 has MBConv k3 t1 g\(1,2\)/,
    );
  });
});

describe('a search that grows while a round is under way', () => {
  const running = () => nextRound(beginSearch('old', parseSpec({ ...written, rounds: 3 }), now), 1);
  const extend = (state: SearchState, rounds = 0) =>
    extendSearch(state, { choice: { pool: 'mac72' }, rounds, now });

  it('leaves the round as it is, and ends it as if nothing had come, but for what waits', () => {
    const before = running();
    const after = extend(before);
    const { spec, space, extensions, ...rest } = after;
    expect({ ...rest, spec: before.spec, space: before.space }).toEqual(before);
    expect(extensions).toEqual([{ round: 2, before: { pool: 'mac27', rounds: 3 }, at: now }]);
    expect(space.subsets).toEqual(before.space.subsets);
    expect(spec.pool).toBe('mac72');
    const scores = scoresOf(before, 5);
    const [undisturbed, disturbed] = [completed(before, scores), completed(after, scores)];
    expect(disturbed.state.front).toEqual(undisturbed.state.front);
    expect(disturbed.state.space.optimized).toEqual(undisturbed.state.space.optimized);
    expect(disturbed.record.space.tried).toEqual(undisturbed.record.space.tried);
  });

  it('is the same whichever stage of the round it comes in, and for the same seed', () => {
    const before = running();
    const scored = extend({ ...before, stage: 'evaluate' });
    expect({ ...scored, stage: before.stage }).toEqual(extend(before));
    const other = { ...before, spec: { ...before.spec, seed: 9 } };
    expect(extend(other).space.pending).not.toEqual(extend(before).space.pending);
  });

  it('has rounds until all that waits had its turn, at least as many as before and as are asked for', () => {
    const before = running();
    const longest = Math.max(...extend(before).space.pending.map(({ length }) => length));
    expect(extend(before).spec.rounds).toBe(2 + Math.ceil(longest / 4));
    expect(extend(before, 5).spec.rounds).toBe(7);
    const many = { ...before, spec: { ...before.spec, rounds: 40 } };
    expect(extend(many).spec.rounds).toBe(40);
    expect(extend(many, 2).spec.rounds).toBe(40);
  });

  it('goes on where its last round was under way, and tries all that is new where cells keep little', () => {
    let state = extend(running());
    const tried = state.space.subsets.map((subset) => new Set(subset));
    while (state.stage === 'train') {
      state.space.subsets.forEach((subset, cell) => subset.forEach((one) => tried[cell]!.add(one)));
      // One architecture of one operation a cell is left, so each cell has room for four new ones a round.
      const code = encodeArchitecture(state.space.subsets.map((subset) => subset.slice(0, 1)));
      const score = { code, cost: 1e6, macs: 1e6, accuracy: 0.5, origin: 'sampled' } as const;
      state = completed(state, [score]).state;
    }
    for (const operations of tried) {
      const added = [...operations].filter((operation) => operation >= 27);
      expect(added).toHaveLength(45);
    }
  });

  it('draws another order each time that it grows', () => {
    const own = (kernel: number) =>
      ({ kind: 'MBConv', kernel, expansion: 1, dilation: 1, groups: [1, 1] }) as const;
    const once = extendSearch(running(), {
      choice: { pool: 'mac27', addOperations: [13, 15, 17, 19].map(own) },
      rounds: 0,
      now,
    });
    const twice = extendSearch(once, {
      choice: { pool: 'mac27', addOperations: [13, 15, 17, 19, 21, 23, 25, 27].map(own) },
      rounds: 0,
      now,
    });
    const order = ({ space }: SearchState, from: number) =>
      space.pending.map((waiting) =>
        waiting.filter((one) => one >= from && one < from + 4).map((one) => one - from),
      );
    expect(order(twice, 31)).not.toEqual(order(once, 27));
    expect(order(twice, 27)).toEqual(order(once, 27));
  });
});

describe('a spec that is asked for again', () => {
  const existing = grow(ended(2)).spec;

  it('is that of the search, also where it leaves the rounds open', () => {
    expect(isAskedFor(existing, parseSpec(continued))).toBe(true);
    expect(isAskedFor(existing, parseSpec({ ...continued, rounds: existing.rounds }))).toBe(true);
  });

  it('is another with any other field', () => {
    expect(isAskedFor(existing, parseSpec({ ...continued, rounds: 1 }))).toBe(false);
    expect(isAskedFor(existing, parseSpec({ ...continued, seed: 6 }))).toBe(false);
    expect(
      isAskedFor(existing, parseSpec({ ...continued, continueFrom: undefined, rounds: existing.rounds })),
    ).toBe(false);
  });
});
