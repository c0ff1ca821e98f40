import { type NetworkSpec } from '@nse/space';
import { type Augmentation } from './dataset.js';
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

/** The budget. Exactly one of the two. */
export type Constraint =
  | { readonly macs: { readonly target: number; readonly drift: number } }
  | { readonly latency: { readonly table: string; readonly targetMs: number; readonly driftMs: number } };

export type TrainSettings = Filled<SpecDraft['train'], 'augment'>;
export type RetrainSettings = Filled<SpecDraft['retrain'], 'augment'>;
export type FitnessSettings = Filled<SpecDraft['fitness'], 'alpha'>;
export type EvaluateSettings = Filled<SpecDraft['evaluate'], 'extraDrift' | 'images'>;
export type LearningRateSettings = TrainSettings['learningRate'];

/** A search spec with every default filled, checked and frozen. Fields: docs/spec.md. */
export interface SearchSpec {
  readonly name: string;
  readonly seed: number;
  readonly method: SpecDraft['method'];
  /** The search from which this one goes on. */
  readonly continueFrom?: string;
  readonly dataset: DatasetSettings;
  readonly pool: SpecDraft['pool'];
  readonly network: NetworkSpec;
  readonly subsetSize: number;
  /** 0 where the search goes on from another and is not created yet: as many as its pending operations call for. */
  readonly rounds: number;
  readonly constraint: Constraint;
  readonly train: TrainSettings;
  readonly fitness: FitnessSettings;
  readonly evaluate: EvaluateSettings;
  readonly retrain: RetrainSettings;
}

/** Target and half band width in the unit of the constraint. */
export interface Budget {
  readonly unit: 'macs' | 'ms';
  readonly target: number;
  readonly drift: number;
}

/** The budget of a constraint, whatever its kind. */
export function budgetOf(constraint: Constraint): Budget {
  return 'macs' in constraint
    ? { unit: 'macs', ...constraint.macs }
    : { unit: 'ms', target: constraint.latency.targetMs, drift: constraint.latency.driftMs };
}

export type { Augmentation };
