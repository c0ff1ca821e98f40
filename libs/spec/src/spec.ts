import { type NetworkSpec, type Operation } from '@nse/space';
import { type ChooseSettings } from './choose.js';
import { type Ablation } from './ablation.js';
import { type Augmentation } from './dataset.js';
import { type MethodSettings } from './method-settings.js';
import { type Method } from './methods.js';
import { type SpecDraft } from './schema.js';

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** `T` with the fields `Key` filled: what resolving adds. */
type Filled<T, Key extends keyof T> = DeepReadonly<Omit<T, Key> & { [K in Key]-?: Exclude<T[K], undefined> }>;

/** The images; counts in images. Only `path` may be absent. */
export type DatasetSettings = Omit<Filled<SpecDraft['dataset'], 'train' | 'heldOut'>, 'path' | 'train'> & {
  readonly path?: string;
  /** Absent where only the files tell how many are left: all that are not held out. */
  readonly train?: number;
};

/** The bounds of multiply-accumulates; half width of the band beside its middle. */
export interface MacsBudget {
  readonly target: number;
  readonly drift: number;
}

/** The bounds of latency. What is not known before the table is there, `settled` fills in. */
export interface LatencyBudget {
  /** Absent where nothing is to be measured; then there is a table. */
  readonly device?: string;
  /** Absent until the device's table is there. */
  readonly table?: string;
  /** Absent until the table is there, where it follows from `likeMacs`. */
  readonly targetMs?: number;
  readonly likeMacs?: number;
  /** Absent with the target. */
  readonly driftMs?: number;
  /** How many of the front are measured again; absent without a device. */
  readonly remeasure?: number;
  /** CPU threads when measuring; absent without a device. */
  readonly threads?: number;
}

/** The budget: one of the two, or latency with a limit of MACs beside it. */
export interface Constraint {
  readonly macs?: MacsBudget;
  readonly latency?: LatencyBudget;
}

export type TrainSettings = Omit<
  Filled<SpecDraft['train'], 'epochs' | 'batchSize' | 'momentum' | 'weightDecay' | 'augment'>,
  'learningRate'
> & { readonly learningRate: RetrainSettings['learningRate'] };
export type RetrainSettings = Filled<SpecDraft['retrain'], 'augment'>;
/** `alpha` is absent only where the target is not known yet. */
export type FitnessSettings = Omit<DeepReadonly<SpecDraft['fitness']>, 'alpha'> & { readonly alpha?: number };
/** `extraDrift` is absent only where the target is not known yet. */
export type EvaluateSettings = Omit<Filled<SpecDraft['evaluate'], 'images'>, 'extraDrift'> & {
  readonly extraDrift?: number;
};
export type LearningRateSettings = TrainSettings['learningRate'];

/** A search spec with every default filled, checked and frozen. Fields: docs/spec.md. */
export interface SearchSpec extends MethodSettings {
  readonly name: string;
  readonly seed: number;
  readonly method: Method;
  /** The search from which this one goes on. */
  readonly continueFrom?: string;
  readonly dataset: DatasetSettings;
  /** The named pool; `poolOf` gives the operations. */
  readonly pool: SpecDraft['pool'];
  readonly onlyOperations?: readonly number[];
  readonly addOperations?: readonly Operation[];
  readonly network: NetworkSpec;
  readonly subsetSize: number;
  /** 0 where the search goes on from another and is not created yet: as many as its pending operations call for. */
  readonly rounds: number;
  readonly constraint: Constraint;
  readonly train: TrainSettings;
  readonly fitness: FitnessSettings;
  readonly evaluate: EvaluateSettings;
  /** Absent where the most accurate is chosen, unscaled; `chooseOf` reads it. */
  readonly choose?: ChooseSettings;
  /** Absent where nothing of the method is left out. */
  readonly ablation?: Ablation;
  readonly retrain: RetrainSettings;
}

export type { Augmentation };
