import type { Bus } from '@nse/messaging';
import { NseError } from '@nse/space';
import { type RunRecord, type StoredTask, TaskStore } from './task-store.js';

/** Where a task stands, over all of its workers. */
export interface TaskStatus {
  readonly state: 'TASK_STATE_PENDING' | 'TASK_STATE_RUNNING' | 'TASK_STATE_SUCCEEDED' | 'TASK_STATE_FAILED';
  readonly task: StoredTask;
  /** Starts of its workers so far. */
  readonly attempts: number;
  /** The step of the last checkpoint; 0 where there is none. */
  readonly checkpointStep: number;
  /** What each worker returned, by replica; empty before all did. */
  readonly results: readonly unknown[];
  /** The most memory that one of its workers held; undefined before any is done, and where the system does not tell. */
  readonly peakMemoryBytes: number | undefined;
  /** Why the last attempt failed, where it did. */
  readonly failure: string | undefined;
  /** Why its workers do not get on, such as for want of a free GPU; empty where nothing is known to be wrong. */
  readonly waiting: string;
}

/** Where the task stands. Raises NOT_FOUND for `field` where it was never begun; `what` names it for the reader. */
export async function taskStatus(bus: Bus, id: string, what: string, field = 'search'): Promise<TaskStatus> {
  const store = await TaskStore.open(bus);
  const task = await store.find(id);
  if (task === undefined) throw new NseError('NOT_FOUND', `there is no ${what}`, { field });
  const entries = await Promise.all(
    Array.from({ length: task.replicas }, (_, replica) => store.record(id, replica)),
  );
  const runs = entries.flatMap((entry) => entry?.value ?? []);
  const state = stateOf(task, runs);
  const mayWait = state === 'TASK_STATE_PENDING' || state === 'TASK_STATE_RUNNING';
  return {
    state,
    task,
    waiting: mayWait ? ((await store.waiting(id)) ?? '') : '',
    attempts: runs.reduce((sum, run) => sum + run.attempt, 0),
    checkpointStep: Math.max(0, ...runs.map((run) => run.checkpoint?.step ?? 0)),
    results: (await store.results(id, task.replicas)) ?? [],
    peakMemoryBytes: mostMemory(runs),
    failure: runs.find((run) => run.failure !== undefined)?.failure?.message,
  };
}

function mostMemory(runs: readonly RunRecord[]): number | undefined {
  const known = runs.flatMap(({ result }) => result?.peakMemoryBytes ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}

function stateOf({ replicas }: StoredTask, runs: readonly RunRecord[]): TaskStatus['state'] {
  if (runs.length === 0) return 'TASK_STATE_PENDING';
  if (runs.filter((run) => run.result !== undefined).length === replicas) return 'TASK_STATE_SUCCEEDED';
  return runs.some((run) => run.failure?.retryable === false) ? 'TASK_STATE_FAILED' : 'TASK_STATE_RUNNING';
}
