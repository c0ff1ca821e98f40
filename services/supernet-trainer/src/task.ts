import type { ArtifactRef, RoundPrepared } from '@nse/messaging';
import { taskId } from '@nse/jobs';
import { parseSpec, type SearchSpec } from '@nse/spec';

/** What a training worker is given. */
export interface TrainTask extends Pick<
  RoundPrepared,
  'search' | 'round' | 'subsets' | 'optimized' | 'carried'
> {
  readonly spec: SearchSpec;
}

/** What it leaves: the trained supernet and what was learned about the operations. */
export interface TrainResult {
  readonly weights: ArtifactRef;
  /** Per cell, the operations left after pruning. */
  readonly subsets: readonly (readonly number[])[];
  /** Per cell and operation of `subsets`; empty for methods that learn no fitness. */
  readonly logits: readonly (readonly number[])[];
  readonly pruned: readonly (readonly number[])[];
  /** Per cell, of each operation of `subsets`, then of none where the cell has an identity; for methods that learn them. */
  readonly alphas?: readonly (readonly number[])[];
  readonly curve: ArtifactRef;
  readonly seconds: number;
}

/** The stored task as a worker reads it. Raises INVALID_ARGUMENT for a faulty spec. */
export function decodeTrainTask(value: unknown): TrainTask {
  const task = value as TrainTask;
  return { ...task, spec: parseSpec(task.spec) };
}

/** The id of a round's training task: the same round always means the same task. */
export const trainTaskId = (search: string, round: number) => taskId({ search, round }, 'train');
