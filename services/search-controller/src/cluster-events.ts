import { createHash } from 'node:crypto';
import type { Condition, ConditionType, ResourceStatus, SearchResource } from './resource.js';
import { conditionOf } from './resource.js';

/** Something that happened to an object, as `kubectl describe` tells it. */
export interface Happening {
  readonly reason:
    | 'Created'
    | 'Rejected'
    | 'RoundCompleted'
    | 'Suspended'
    | 'Resumed'
    | 'SearchSucceeded'
    | 'SearchFailed'
    | 'SearchCancelled'
    | 'SearchLost';
  readonly type: 'Normal' | 'Warning';
  readonly message: string;
  /** What tells it from another of the same reason: it and the reason are the same whoever tells it, and whenever. */
  readonly which: string;
}

/** A completed round. */
export interface CompletedRound {
  readonly round: number;
  readonly frontSize: number;
  readonly bestAccuracy: number;
}

/**
 * What happened between two statuses of an object, in order. `rounds` are those that are complete by now, `resumes` says how many
 * times the search was resumed.
 */
export function happenings(
  { metadata, status: before }: SearchResource,
  after: ResourceStatus,
  rounds: readonly CompletedRound[],
  resumes: number,
): Happening[] {
  const turned = (type: ConditionType, to: Condition['status']) => {
    const condition = conditionOf(after, type);
    return condition?.status === to && conditionOf(before, type)?.status !== to ? condition : undefined;
  };
  const [accepted, refused] = [turned('Accepted', 'True'), turned('Accepted', 'False')];
  const [succeeded, failed] = [turned('Succeeded', 'True'), turned('Failed', 'True')];
  const suspended = turned('Suspended', 'True');
  const wasSuspended = conditionOf(before, 'Suspended')?.status === 'True';
  const isResumed = wasSuspended && (after.phase === 'Running' || after.phase === 'Retraining');
  const since = `${resumes}`;
  const [told, complete] = [before?.completedRounds ?? 0, after.completedRounds ?? 0];
  const newRounds = rounds.filter(({ round }) => round > told && round <= complete);
  return [
    ...one(accepted, 'Created', 'Normal', ''),
    ...one(refused, 'Rejected', 'Warning', `${metadata.generation}/${refused?.reason ?? ''}`),
    ...newRounds.map((done) => roundCompleted(done, after)),
    ...one(suspended, 'Suspended', 'Normal', since),
    ...(isResumed
      ? [{ reason: 'Resumed', type: 'Normal', message: 'the search goes on', which: since } as const]
      : []),
    ...one(succeeded, 'SearchSucceeded', 'Normal', ''),
    ...(after.phase === 'Rejected' ? [] : one(failed, failureReason(failed), 'Warning', since)),
  ];
}

function one(
  condition: Condition | undefined,
  reason: Happening['reason'],
  type: Happening['type'],
  which: string,
): Happening[] {
  if (condition === undefined) return [];
  const { message } = condition;
  return [{ reason, type, message: message === '' ? condition.reason : message, which }];
}

function failureReason(failed: Condition | undefined): Happening['reason'] {
  if (failed?.reason === 'Cancelled') return 'SearchCancelled';
  return failed?.reason === 'SearchLost' || failed?.reason === 'Deleted' ? 'SearchLost' : 'SearchFailed';
}

function roundCompleted(
  { round, frontSize, bestAccuracy }: CompletedRound,
  { rounds = 0 }: ResourceStatus,
): Happening {
  const message = `round ${round} of ${rounds}: a front of ${frontSize}, best accuracy ${bestAccuracy.toFixed(4)}`;
  return { reason: 'RoundCompleted', type: 'Normal', message, which: String(round) };
}

/** The name of the event's object: a second one of the same happening is refused as one that exists. */
export function eventName(
  { metadata }: Pick<SearchResource, 'metadata'>,
  { reason, which }: Happening,
): string {
  const digest = createHash('sha256').update(`${metadata.uid}/${reason}/${which}`).digest('hex');
  return `${metadata.name}.${digest.slice(0, 20)}`;
}
