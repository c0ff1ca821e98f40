import type {
  ArtifactRef,
  FrontPoint,
  LatencyOutcome,
  RetrainedModel,
  SpaceSummary,
  Stage,
  WidthScaling,
} from '@nse/messaging';
import type { SpaceState } from '@nse/space';
import type { PoolChoice, SearchSpec } from '@nse/spec';

export type Phase = 'RUNNING' | 'RETRAINING' | 'SUCCEEDED' | 'FAILED' | 'PAUSED' | 'CANCELLED' | 'DELETING';

/** Why a search stopped. */
export interface Failure {
  readonly stage: Stage;
  /** 0 where the stage belongs to no round. */
  readonly round: number;
  readonly reason: string;
  readonly attempts: number;
}

/** How a halted search goes on. */
export interface Resumption {
  /** Counts from 1. */
  readonly count: number;
  readonly stage: Stage;
  /** 0 where the stage belongs to no round. */
  readonly round: number;
}

/** Operations that joined the pool while a round was under way. */
export interface Extension {
  /** That round; the next one is the first that may try them. */
  readonly round: number;
  /** What the spec said before. */
  readonly before: PoolChoice & Pick<SearchSpec, 'rounds'>;
  /** ISO 8601. */
  readonly at: string;
}

/** An architecture to be trained for comparison. */
export interface Candidate {
  readonly code: string;
  readonly cost: number;
  readonly macs: number;
}

/** How long a search waited for its table, and for what is measured before the choice. */
export interface DeviceSeconds {
  readonly prepare?: number;
  readonly measure?: number;
}

/**
 * Everything that decides how a search goes on; the one truth about it. It changes only by compare-and-set, and every event
 * that is due follows from it (see `due.ts`), so a crash between a change and its event loses nothing.
 */
export interface SearchState {
  readonly id: string;
  readonly spec: SearchSpec;
  /** For whom it was made, as its creator said; empty where nobody in particular. */
  readonly owner: string;
  readonly phase: Phase;
  readonly stage: Stage;
  /** The round under way, or the last one; counts from 1. */
  readonly round: number;
  readonly space: SpaceState;
  /** How its pool grew, first to last; absent where it did not. */
  readonly extensions?: readonly Extension[];
  /** The pool of the search that it goes on from; absent where it goes on from none. */
  readonly oldPool?: PoolChoice;
  /** The front that the round under way starts from; the final one at the end. */
  readonly front: readonly FrontPoint[];
  /** Weights of the last round's supernet: classifier and running statistics go on from it. */
  readonly carried: ArtifactRef | null;
  readonly chosen: FrontPoint | null;
  /** How the widths were scaled for what was chosen; absent before, and where the spec asks for no scaling. */
  readonly scaled?: WidthScaling;
  /** What was measured on the device before the choice; null before that, and where nothing is measured. */
  readonly measured: LatencyOutcome | null;
  /** Wall time of the stages of a device, in seconds, since each was last begun or resumed; absent before the first is over. */
  readonly deviceSeconds?: DeviceSeconds;
  readonly random: Candidate | null;
  readonly retrained: { readonly chosen: RetrainedModel; readonly random: RetrainedModel | null } | null;
  readonly failure: Failure | null;
  /** The last time that it was resumed, and where; null before the first. */
  readonly resumed: Resumption | null;
  /** Which deletion is under way, while the search is DELETING: of two that run, the one that is named here goes on. */
  readonly deletion?: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The state's `deviceSeconds` once its stage is over at `now`. */
export function afterDevice(
  { deviceSeconds, stage, updatedAt }: Pick<SearchState, 'deviceSeconds' | 'stage' | 'updatedAt'>,
  now: string,
): DeviceSeconds {
  return { ...deviceSeconds, [stage]: (Date.parse(now) - Date.parse(updatedAt)) / 1000 };
}

/** Whether a stage belongs to a round: `prepare` comes before all rounds, `measure` and `retrain` after them. */
export function hasRound(stage: Stage): boolean {
  return stage === 'train' || stage === 'evaluate' || stage === 'inherit';
}

/** How many rounds of the search are complete, and have a record. */
export function completedRounds({ round, stage }: Pick<SearchState, 'round' | 'stage'>): number {
  return stage === 'measure' || stage === 'retrain' ? round : round - 1;
}

/** The phase of a search that is under way at this stage. */
export function activePhase({ stage }: Pick<SearchState, 'stage'>): 'RUNNING' | 'RETRAINING' {
  return stage === 'retrain' ? 'RETRAINING' : 'RUNNING';
}

/** Whether nothing more happens to the search unless a client asks for it. */
export function isOver({ phase }: Pick<SearchState, 'phase'>): boolean {
  return phase !== 'RUNNING' && phase !== 'RETRAINING' && phase !== 'PAUSED';
}

/** Whether what other services report still counts: a halted search keeps what was done while it was being halted. */
export function takesReports({ phase }: Pick<SearchState, 'phase'>): boolean {
  return phase !== 'SUCCEEDED' && phase !== 'CANCELLED' && phase !== 'DELETING';
}

/** A step of a training curve. */
export interface CurvePoint {
  readonly step: number;
  readonly loss: number | null;
  readonly accuracy?: number;
  readonly learningRate?: number;
}

/** What a round did, kept for good under `<search>.<round>`. A function of the round's scores, but for the seconds. */
export interface RoundRecord {
  readonly search: string;
  readonly round: number;
  readonly rounds: number;
  readonly front: readonly FrontPoint[];
  readonly space: SpaceSummary & {
    readonly pruned: readonly (readonly number[])[];
    /** Per cell, the operations that no round has tried yet, in the order of the pool. */
    readonly untried: readonly (readonly number[])[];
  };
  /** Per cell and operation of the subset before pruning: the logit; null once pruned. Empty but with `nse`, which alone learns them. */
  readonly logits: readonly (readonly (number | null)[])[];
  readonly scored: number;
  readonly bestAccuracy: number;
  /** [cost, accuracy] of every architecture scored. */
  readonly scores: readonly (readonly [number, number])[];
  readonly curve: readonly CurvePoint[];
  readonly artifacts: Readonly<Record<string, ArtifactRef>>;
  readonly seconds: Readonly<Record<string, number>>;
}
