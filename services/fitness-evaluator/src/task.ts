import type { ArtifactRef } from '@nse/messaging';
import { taskId } from '@nse/jobs';
import { parseSpec, type SearchSpec } from '@nse/spec';
import { evolutionOf } from './evolution.js';

/** What the scoring workers of a round are given; the architectures come by the task's work queue. */
export interface EvaluateTask {
  readonly search: string;
  readonly round: number;
  readonly spec: SearchSpec;
  /** How many architectures there are to score; of an evolution the most that there may be. */
  readonly total: number;
  /** How many come at a time, where not all at once: an evolution's generation. */
  readonly batch?: number | undefined;
  readonly weights: ArtifactRef;
  /** The supernet's subsets, after pruning. */
  readonly subsets: readonly (readonly number[])[];
}

/** The score of one candidate. */
export interface ChunkScore {
  /** Place in the list of candidates. */
  readonly index: number;
  /** On the held-out images, 0 to 1. */
  readonly accuracy: number;
  readonly loss: number;
}

/** The stored task as a worker reads it. Raises INVALID_ARGUMENT for a faulty spec. */
export function decodeEvaluateTask(value: unknown): EvaluateTask {
  const task = value as EvaluateTask;
  return { ...task, spec: parseSpec(task.spec) };
}

/** The ids that a round's scoring task may have: of an evolution, and of architectures that are known at once. */
export const evaluateTaskIds = (search: string, round: number) =>
  [taskId({ search, round }, 'evolve'), taskId({ search, round }, 'evaluate')] as const;

/** The id of a round's scoring task: the same round always means the same task. */
export function evaluateTaskId(search: string, round: number, spec: SearchSpec): string {
  const [evolution, single] = evaluateTaskIds(search, round);
  return evolutionOf(spec, round) === undefined ? single : evolution;
}

/** The id of the scoring task of a client's request, a DNS label also for the longest search id. */
export const requestTaskId = (search: string, request: string) =>
  taskId({ search, round: 0 }, `evaluate-${request}`);
