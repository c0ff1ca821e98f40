import type { ArtifactRef } from '@nse/messaging';
import { taskId } from '@nse/jobs';
import { parseSpec, type SearchSpec } from '@nse/spec';

/** The architecture that the search chose, or the random one that it is compared with. */
export type Role = 'chosen' | 'random';

/** What a retraining worker is given. */
export interface RetrainTask {
  readonly search: string;
  /** Which of the search's own models this is; absent for one that a client asked for. */
  readonly role?: Role;
  readonly code: string;
  /** In place of the spec's `network.scale`; absent where the widths stay as they are. */
  readonly widthScale?: number;
  readonly spec: SearchSpec;
}

/** What it leaves. */
export interface RetrainResult {
  readonly code: string;
  readonly params: number;
  readonly macs: number;
  /** On the test images, 0 to 1. */
  readonly testAccuracy: number;
  readonly weights: ArtifactRef;
  readonly architecture: ArtifactRef;
  readonly curve: ArtifactRef;
  readonly seconds: number;
}

/** The stored task as a worker reads it. Raises INVALID_ARGUMENT for a faulty spec. */
export function decodeRetrainTask(value: unknown): RetrainTask {
  const task = value as RetrainTask;
  return { ...task, spec: parseSpec(task.spec) };
}

/** The id of a retraining task: the same role in the same search always means the same task. */
export const retrainTaskId = (search: string, role: Role) => taskId({ search, round: 0 }, `retrain-${role}`);

/** The id of the task of a client's request, a DNS label also for the longest search id. */
export const requestTaskId = (search: string, request: string) =>
  taskId({ search, round: 0 }, `retrain-${request}`);
