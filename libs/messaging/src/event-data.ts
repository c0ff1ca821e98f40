import type { TablePace } from '@nse/space';
import type { ArtifactRef } from './artifacts.js';

/** An architecture on a front. `cost` is in the unit of the search's constraint (MACs or ms), `accuracy` in [0, 1]. */
export interface FrontPoint {
  readonly code: string;
  readonly cost: number;
  readonly macs: number;
  readonly accuracy: number;
  /** The round that found it; 0 where the search went on from another one, whose front held it. */
  readonly round: number;
}

/** What every event carries. `search` is the search's id; it is one part of the subject. */
interface OfSearch {
  readonly search: string;
}

interface OfRound extends OfSearch {
  /** Counts from 1. */
  readonly round: number;
  readonly rounds: number;
}

/** The validated search spec as JSON; read it with `parseSpec`. */
interface WithSpec {
  readonly spec: unknown;
}

interface AfterResumes {
  /**
   * How many times the search had been resumed, or a failed request repeated: tells a failure, or a pause, from the one
   * before it. 0 unless given.
   */
  readonly resumes?: number;
}

/** The stages of a search that can fail, or report progress. */
export type Stage = 'prepare' | 'train' | 'evaluate' | 'inherit' | 'measure' | 'retrain';

export interface SearchCreated extends OfSearch, WithSpec {
  readonly name: string;
  readonly rounds: number;
}

/** The space of a round is ready to be trained. */
export interface RoundPrepared extends OfRound, WithSpec {
  /** Per cell, the operations that are in the supernet. */
  readonly subsets: readonly (readonly number[])[];
  /** The optimized space of the last round; null before the first. */
  readonly optimized: readonly (readonly number[])[] | null;
  readonly oldFront: readonly FrontPoint[];
  /** Classifier and running statistics of the last round; null before the first. */
  readonly carried: ArtifactRef | null;
}

export interface SupernetTrained extends OfRound, WithSpec {
  /** The whole supernet as safetensors. */
  readonly weights: ArtifactRef;
  /** Per cell, the operations left after pruning. */
  readonly subsets: readonly (readonly number[])[];
  /** Per cell and operation of `subsets`, the fitness logit; empty for methods that learn none. */
  readonly logits: readonly (readonly number[])[];
  /** Per cell, the operations that pruning took away. */
  readonly pruned: readonly (readonly number[])[];
  /**
   * Per cell, the architecture parameter of each operation of `subsets` in turn, then that of none where the cell has an identity;
   * absent for methods that learn none.
   */
  readonly alphas?: readonly (readonly number[])[];
  readonly oldFront: readonly FrontPoint[];
  readonly curve: ArtifactRef;
  readonly carried: ArtifactRef;
  readonly seconds: number;
}

export interface FitnessEvaluated extends OfRound, WithSpec {
  /** Every score of the round, as JSON. */
  readonly scores: ArtifactRef;
  readonly count: number;
  readonly subsets: readonly (readonly number[])[];
  readonly logits: readonly (readonly number[])[];
  readonly pruned: readonly (readonly number[])[];
  readonly oldFront: readonly FrontPoint[];
  readonly weights: ArtifactRef;
  readonly curve: ArtifactRef;
  readonly carried: ArtifactRef;
  readonly seconds: number;
  readonly trainSeconds: number;
}

/** What a round did to the space, per cell. */
export interface SpaceSummary {
  readonly subsets: readonly (readonly number[])[];
  readonly tried: readonly (readonly number[])[];
  readonly kept: readonly (readonly number[])[];
  readonly dropped: readonly (readonly number[])[];
  readonly optimized: readonly (readonly number[])[];
  /** Per cell, how many operations of the pool are still to be tried. */
  readonly pendingCounts: readonly number[];
}

export interface RoundCompleted extends OfRound {
  readonly space: SpaceSummary;
  readonly front: readonly FrontPoint[];
  /** By what they are: `weights`, `scores`, `curve`. */
  readonly artifacts: Readonly<Record<string, ArtifactRef>>;
  /** Wall time by stage. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** What was measured of an architecture, beside what the latency table says of it. Times in milliseconds. */
export interface LatencyRecord extends MeasuredLatency {
  readonly predictedMs: number;
}

/** What the device said at the end of a search under a latency budget. */
export interface LatencyOutcome {
  /** The best of the front, the most accurate first, then the random one. */
  readonly latencies: readonly LatencyRecord[];
  /** What is to be known of the choice, such as that nothing measured fits the budget; else empty. */
  readonly note: string;
  /** The pace that times were scaled by; absent where they are as measured. */
  readonly pace?: TablePace;
}

/** The macro network of the search with other widths. */
export interface WidthScaling {
  /** In place of the spec's `network.scale`. */
  readonly scale: number;
  /** What the chosen architecture costs then. */
  readonly macs: number;
}

export interface SearchCompleted extends OfSearch, WithSpec {
  readonly front: readonly FrontPoint[];
  /** As it was searched: its costs are those of the search's own widths. */
  readonly chosen: FrontPoint;
  /** How widths are scaled for the retraining, of both architectures; absent where they stay as they are. */
  readonly scaled?: WidthScaling;
  /** What was measured on the device before the choice; absent where nothing was. */
  readonly measured?: LatencyOutcome;
  /** A random architecture of the same cost, to compare with; null where the spec asks for none. */
  readonly random: { readonly code: string; readonly cost: number; readonly macs: number } | null;
}

/** An architecture after it was trained from scratch. */
export interface RetrainedModel {
  readonly code: string;
  readonly macs: number;
  readonly params: number;
  /** On the test split, in [0, 1]. */
  readonly testAccuracy: number;
  /** Safetensors. */
  readonly weights: ArtifactRef;
  /** The architecture and its network as JSON. */
  readonly architecture: ArtifactRef;
  readonly curve: ArtifactRef;
  readonly seconds: number;
}

export interface RetrainCompleted extends OfSearch {
  readonly chosen: RetrainedModel;
  readonly random: RetrainedModel | null;
}

/** A task gave up. The space-manager turns it into `search.failed`. */
export interface TaskFailed extends OfSearch, AfterResumes {
  readonly stage: Stage;
  /** 0 where the stage belongs to no round. */
  readonly round: number;
  readonly reason: string;
  readonly attempts: number;
}

export type SearchFailed = TaskFailed;

/** Operations joined the pool of a search while a round was under way: the next one is the first that may try them. */
export interface SearchExtended extends OfRound, WithSpec {
  /** Counts from 1, within the search. */
  readonly extension: number;
  /** The place in the pool of the first that joined; the others follow. */
  readonly from: number;
  /** Their names. */
  readonly operations: readonly string[];
}

/** A client halted the search where it was. */
export interface SearchPaused extends OfSearch, AfterResumes {}

/** The search goes on at this stage, after a pause or a failure: whoever does the stage begins again with its event. */
export interface SearchResumed extends OfSearch {
  readonly stage: Stage;
  /** 0 where the stage belongs to no round. */
  readonly round: number;
  readonly resumes: number;
}

/** A client ended the search for good. */
export type SearchCancelled = OfSearch;

/** The last word about a search: all that it had stored is gone, its events too. */
export type SearchDeleted = OfSearch;

/** A client wants architectures scored with the supernet of a round. */
export interface EvaluationRequested extends OfSearch, WithSpec, AfterResumes {
  /** One within the search. */
  readonly request: string;
  readonly round: number;
  readonly codes: readonly string[];
  readonly weights: ArtifactRef;
  /** Per cell, the operations that the supernet holds. */
  readonly subsets: readonly (readonly number[])[];
}

export interface EvaluationCompleted extends OfSearch {
  readonly request: string;
  readonly round: number;
  /** In the order of the request. */
  readonly scores: readonly {
    readonly code: string;
    readonly cost: number;
    readonly macs: number;
    readonly accuracy: number;
    readonly loss: number;
  }[];
}

/** What was asked for by `request` was given up; the search goes on. */
export interface RequestFailed extends OfSearch, AfterResumes {
  readonly request: string;
  readonly reason: string;
  readonly attempts: number;
}

/** A client wants an architecture trained from scratch. */
export interface ModelRequested extends OfSearch, WithSpec, AfterResumes {
  readonly request: string;
  readonly code: string;
  /** In place of the spec's `network.scale`. */
  readonly widthScale?: number;
}

export interface ModelTrained extends OfSearch {
  readonly request: string;
  readonly model: RetrainedModel;
}

/** A search under a latency budget on a device needs that device's table before its first round. */
export interface LatencyTableRequested extends OfSearch, WithSpec {
  /** The device's id. */
  readonly device: string;
}

/** The table is there, with every entry that the search's network and pool need. */
export interface LatencyTableCompleted extends OfSearch {
  readonly device: string;
  /** The table's name. */
  readonly table: string;
}

/** The rounds of a search are over; the best of its front are to be measured on the device before one is chosen. */
export interface LatencyMeasurementRequested extends OfSearch, WithSpec {
  readonly device: string;
  readonly codes: readonly string[];
}

/** How long an architecture takes on a device. Times in milliseconds. */
export interface MeasuredLatency {
  readonly code: string;
  readonly medianMs: number;
  /** 95 % interval of the median. */
  readonly lowMs: number;
  readonly highMs: number;
  readonly runs: number;
}

export interface LatencyMeasurementCompleted extends OfSearch {
  readonly device: string;
  /** In the order of the request. */
  readonly latencies: readonly MeasuredLatency[];
  /** Where architectures of the table were measured again beside them: times are scaled to be as at the table's pace. */
  readonly pace?: TablePace;
  /** What is to be known of the measurement; absent where there is nothing to say. */
  readonly note?: string;
}
