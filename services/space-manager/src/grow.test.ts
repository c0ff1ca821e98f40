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
import { type GrowableSearch, growFrom } from './grow.js';
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
