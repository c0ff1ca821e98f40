import { type TaskOrigin, type TaskStatus, taskStatus } from '@nse/jobs';
import type { Bus } from '@nse/messaging';
import type { messages } from '@nse/rpc';

/** Where a task stands, for clients. */
export interface TaskReport extends Omit<TaskStatus, 'failure'> {
  /** Why it was given up; null for an attempt that failed and will be repeated. */
  readonly failure: messages.Failure | null;
}

/**
 * Where the task of that stage stands. It has failed where a worker said so for good, or where its service gave up: then the
 * event `task.failed` is there, whatever the workers said. Raises NOT_FOUND where it was never begun; `what` names it.
 */
export async function taskReport(bus: Bus, id: string, of: TaskOrigin, what: string): Promise<TaskReport> {
  const { failure: lastFailure, ...status } = await taskStatus(
    bus,
    id,
    what,
    of.round > 0 ? 'round' : 'search',
  );
  if (status.state === 'TASK_STATE_SUCCEEDED') return { ...status, failure: null };
  const givenUp = await reasonOfGivingUp(bus, of);
  if (givenUp === undefined && status.state !== 'TASK_STATE_FAILED') return { ...status, failure: null };
  const reason = lastFailure ?? givenUp ?? 'unknown';
  const failure = { stage: of.stage, round: of.round, reason, attempts: status.attempts };
  return { ...status, state: 'TASK_STATE_FAILED', failure, waiting: '' };
}

/** Why its service gave up, unless the search was resumed at the stage since. */
async function reasonOfGivingUp(bus: Bus, of: TaskOrigin): Promise<string | undefined> {
  let reason: string | undefined;
  const types = ['task.failed', 'search.resumed'] as const;
  for await (const { type, data } of bus.replay({ search: of.search, types, follow: false })) {
    if (data.stage !== of.stage || data.round !== of.round) continue;
    reason = type === 'task.failed' ? data.reason : undefined;
  }
  return reason;
}
