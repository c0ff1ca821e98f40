import type { FitnessEvaluated, FrontPoint, SpaceSummary } from '@nse/messaging';
import {
  type Cost,
  decodeArchitecture,
  firstSpace,
  macroNetwork,
  mergeFronts,
  nextSpace,
  randomFrom,
  type SpaceState,
} from '@nse/space';
import { learnsFitness, poolOf, type SearchSpec } from '@nse/spec';
import { inherits, spaceAnew } from './anew.js';
import { needsTable } from './budget.js';
import { finishRounds } from './finish.js';
import { shrunkSpace } from './shrink.js';
import { afterDevice, type CurvePoint, type RoundRecord, type SearchState } from './state.js';

/** An architecture with its score, as the fitness-evaluator reports it. */
export interface Score {
  readonly code: string;
  /** In the unit of the constraint. */
  readonly cost: number;
  readonly macs: number;
  /** On the held-out images, in [0, 1]. */
  readonly accuracy: number;
  /** `sampled` in the band, `extra` from just below it, or on the `front` of the last round. */
  readonly origin: 'sampled' | 'extra' | 'front';
}

/** What the round's two stages found. */
export interface RoundOutcome extends Pick<
  FitnessEvaluated,
  'logits' | 'pruned' | 'subsets' | 'weights' | 'carried' | 'seconds' | 'trainSeconds'
> {
  readonly scores: readonly Score[];
  readonly curve: readonly CurvePoint[];
  readonly artifacts: RoundRecord['artifacts'];
}

/** A new search before its first round: every cell's pool in a random order, the first K in its subset. */
export function beginSearch(id: string, spec: SearchSpec, now: string): SearchState {
  const cells = macroNetwork(spec.network).cells.length;
  const pool = poolOf(spec);
  const random = randomFrom(spec.seed, 'space');
  return {
    id,
    spec,
    owner: '',
    phase: 'RUNNING',
    stage: needsTable(spec) ? 'prepare' : 'train',
    round: 1,
    space: firstSpace(cells, pool.operations.length, spec.subsetSize, random),
    front: [],
    carried: null,
    chosen: null,
    measured: null,
    random: null,
    retrained: null,
    failure: null,
    resumed: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** The table of the search's device has come: the first round begins, by the spec that is filled in with it. */
export function beginRounds(state: SearchState, spec: SearchSpec, cost: Cost, now: string): SearchState {
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  // A search that goes on from another has its front from the start, at that one's costs.
  const front = state.front.map((point) => ({
    ...point,
    cost: cost.total(decodeArchitecture(point.code, network, pool)),
  }));
  return {
    ...state,
    spec,
    front,
    stage: 'train',
    deviceSeconds: afterDevice(state, now),
    updatedAt: now,
  };
}

/**
 * One round's end (algorithm page, "One round", 3 to 5): the Pareto front over samples and old front, the optimized space
 * that it spans, the next subsets; with `shrink` what is left of the subsets. After the last round: the architectures to
 * measure, or the one to retrain.
 * Raises FAILED_PRECONDITION where no architecture of the front fits the budget.
 */
export function completeRound(
  state: SearchState,
  outcome: RoundOutcome,
  cost: Cost,
  now: string,
): { state: SearchState; record: RoundRecord } {
  const { spec, round } = state;
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);

  const front = newFront(state, outcome.scores);
  const architectures = front.map(({ code }) => decodeArchitecture(code, network, pool));
  const space =
    shrunkSpace(state, outcome.scores) ??
    spaceAnew(state) ??
    nextSpace(state.space, architectures, spec.subsetSize);

  const record = recordOf(state, outcome, front, space);
  const going = { ...state, front, space, carried: outcome.weights, updatedAt: now };
  if (round < spec.rounds) {
    return { state: { ...going, round: round + 1, stage: 'train' }, record };
  }
  return { state: finishRounds(going, cost, pool), record };
}

/** The front after this round. Points keep the round that found them; scores are this round's supernet's. */
function newFront(state: SearchState, scores: readonly Score[]): FrontPoint[] {
  const byOrigin = (origin: Score['origin']) => scores.filter((score) => score.origin === origin);
  const [samples, extras] = [byOrigin('sampled'), byOrigin('extra')];
  // A supernet that has inherited nothing cannot score the old front: there the scores of its own rounds stand.
  const old = inherits(state.spec)
    ? byOrigin('front')
    : state.front.map((point) => ({ ...point, origin: 'front' as const }));
  const points = [...samples, ...extras, ...old];
  const { inherited } = mergeFronts(samples, extras, old);
  // Few samples and noisy scores: an extra may beat them all. A front of none would throw away all that was learned.
  if (inherited.length === 0 && extras.length > 0) {
    return newFront(state, [...samples, ...old]);
  }
  const foundIn = new Map(state.front.map((point) => [point.code, point.round]));
  return inherited
    .flatMap((index) => points[index] ?? [])
    .map(({ code, cost, macs, accuracy, origin }) => ({
      code,
      cost,
      macs,
      accuracy,
      round: origin === 'front' ? (foundIn.get(code) ?? state.round) : state.round,
    }))
    .sort((a, b) => a.cost - b.cost);
}

function recordOf(
  state: SearchState,
  outcome: RoundOutcome,
  front: readonly FrontPoint[],
  next: SpaceState,
): RoundRecord {
  const { scores } = outcome;
  return {
    search: state.id,
    round: state.round,
    rounds: state.spec.rounds,
    front,
    space: {
      ...summaryOf(state, next),
      pruned: outcome.pruned,
      // The next round's operations are popped when this one ends: what still waits now, none has tried.
      untried: state.space.pending.map((waiting) => [...waiting].sort((a, b) => a - b)),
    },
    logits: learnsFitness(state.spec.method) ? withPruned(state.space.subsets, outcome) : [],
    scored: scores.length,
    bestAccuracy: Math.max(...scores.map(({ accuracy }) => accuracy)),
    scores: scores.map(({ cost, accuracy }) => [cost, accuracy]),
    curve: outcome.curve,
    artifacts: outcome.artifacts,
    seconds: { train: outcome.trainSeconds, evaluate: outcome.seconds },
  };
}

/** Per cell: what was in the supernet, what of it was new, and what of it the front keeps or drops. */
function summaryOf({ space }: SearchState, next: SpaceState): SpaceSummary {
  const perCell = (keep: (operation: number, cell: number) => boolean) =>
    space.subsets.map((subset, cell) => subset.filter((operation) => keep(operation, cell)));
  const inOld = (operation: number, cell: number) => space.optimized[cell]?.includes(operation) ?? false;
  const inNew = (operation: number, cell: number) => next.optimized[cell]?.includes(operation) ?? false;
  return {
    subsets: space.subsets,
    tried: perCell((operation, cell) => !inOld(operation, cell)),
    kept: perCell(inNew),
    dropped: perCell((operation, cell) => !inNew(operation, cell)),
    optimized: next.optimized,
    pendingCounts: space.pending.map((waiting) => waiting.length),
  };
}

function withPruned(
  before: readonly (readonly number[])[],
  { subsets, logits }: RoundOutcome,
): (number | null)[][] {
  return before.map((subset, cell) =>
    subset.map((operation) => logits[cell]?.[subsets[cell]?.indexOf(operation) ?? -1] ?? null),
  );
}
