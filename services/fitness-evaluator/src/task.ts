import type { ArtifactRef } from '@nse/messaging';
import { taskId } from '@nse/jobs';
import { parseSpec, type SearchSpec } from '@nse/spec';
import { evolutionOf } from './evolution.js';

/** What the scoring workers of a round are given; the architectures come by the task's work queue. */
export interface EvaluateTask {
  readonly search: string;
  readonly round: number;
  readonly spec: SearchSpec;
  /** How many architectures there are to score. */
  readonly total: number;
  /** Where the task is one of several that score the round, as an evolution's generations do. */
  readonly part?: Part;
  readonly weights: ArtifactRef;
  /** The supernet's subsets, after pruning. */
  readonly subsets: readonly (readonly number[])[];
}

/** What a task is of a whole round's scoring, in architectures. */
export interface Part {
  /** Those of the tasks before it. */
  readonly before: number;
  /** Those of all tasks, as far as can be known before they are bred. */
  readonly of: number;
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

/**
 * The id of a round's scoring task: the same round always means the same task. Each generation of an evolution has a task of its
 * own, the first that of a round without one.
 */
export const evaluateTaskId = (search: string, round: number, generation = 1) =>
  taskId({ search, round }, generation === 1 ? 'evaluate' : `evaluate-g${generation}`);

/** The ids of all tasks that a round's scoring may come to. */
export function evaluateTaskIds(search: string, round: number, spec: SearchSpec): string[] {
  const generations = evolutionOf(spec, round)?.generations ?? 1;
  return Array.from({ length: generations }, (_, index) => evaluateTaskId(search, round, index + 1));
}

/** The id of the scoring task of a client's request, a DNS label also for the longest search id. */
export const requestTaskId = (search: string, request: string) =>
  taskId({ search, round: 0 }, `evaluate-${request}`);
