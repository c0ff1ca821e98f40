import type { ClusterEvent, ContainerStatus, Job, Pod } from './kubernetes-objects.js';

/** Waiting of this kind is work under way. */
const usual = new Set(['ContainerCreating', 'PodInitializing']);

/**
 * Why a Job's workers do not get on, as the cluster tells: the reason by its name there, then its words. Undefined where nothing
 * is known to be wrong.
 */
export function troubleOf(job: Job, pods: readonly Pod[]): string | undefined {
  if (job.metadata?.deletionTimestamp !== undefined) return 'Terminating: the Job is being deleted';
  if (job.spec?.suspend === true) return suspended(job);
  const current = newestByIndex(pods);
  const unfinished = new Set(current.filter(({ status }) => status?.phase !== 'Succeeded').map(indexOf));
  return (
    first(current, unschedulable) ??
    first(current, stuck) ??
    // Also while the worker tries again: it is likely to end so once more.
    first(
      pods.filter((pod) => unfinished.has(indexOf(pod))),
      outOfMemory,
    ) ??
    first(current, failed)
  );
}

/** Warnings that the pod's own conditions tell too, and only as long as they are true. */
const alsoConditions = new Set<string | undefined>(['FailedScheduling']);

/** The newest of an object's warnings, for what has no other sign: no right to make a pod, a volume that is not there. */
export function warning(events: readonly ClusterEvent[]): string | undefined {
  const at = ({ lastTimestamp, eventTime, metadata }: ClusterEvent) =>
    new Date(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0).getTime();
  const telling = events.filter(({ reason }) => !alsoConditions.has(reason));
  const newest = telling.reduce<ClusterEvent | undefined>(
    (latest, event) => (latest === undefined || at(event) >= at(latest) ? event : latest),
    undefined,
  );
  return newest === undefined ? undefined : told(newest.reason, newest.message);
}

/** The pods that have not started their container, without a reason in their state. */
export function notStarted(pods: readonly Pod[]): Pod[] {
  return newestByIndex(pods).filter(
    ({ status }) => status?.phase === undefined || status.phase === 'Pending',
  );
}

function suspended({ metadata, status }: Job): string {
  const queue = metadata?.labels?.['kueue.x-k8s.io/queue-name'];
  const said = status?.conditions?.find(({ type, status: is }) => type === 'Suspended' && is === 'True');
  return queue === undefined
    ? told('Suspended', said?.message)
    : `Suspended: waits for its turn in queue ${queue}`;
}

function unschedulable({ status }: Pod): string | undefined {
  const said = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  return said === undefined || said.reason === 'SchedulingGated'
    ? undefined
    : told(said.reason, said.message);
}

function stuck(pod: Pod): string | undefined {
  const waiting = worker(pod)?.state?.waiting;
  if (waiting?.reason === undefined || usual.has(waiting.reason)) return undefined;
  return told(waiting.reason, waiting.message);
}

function outOfMemory(pod: Pod): string | undefined {
  if (worker(pod)?.state?.terminated?.reason !== 'OOMKilled') return undefined;
  const limit = pod.spec?.containers.find(({ name }) => name === 'worker')?.resources?.limits?.['memory'];
  return `OOMKilled: a worker needed more than its ${limit ?? 'limit'} of memory`;
}

/** Such as Evicted. A worker that fails by itself says why in its own record. */
function failed({ status }: Pod): string | undefined {
  return status?.phase === 'Failed' && status.reason !== undefined
    ? told(status.reason, status.message)
    : undefined;
}

const worker = ({ status }: Pod): ContainerStatus | undefined =>
  status?.containerStatuses?.find(({ name }) => name === 'worker');

const indexOf = ({ metadata }: Pod): string =>
  metadata?.annotations?.['batch.kubernetes.io/job-completion-index'] ?? '';

/** The last pod of each of the Job's indices. */
function newestByIndex(pods: readonly Pod[]): Pod[] {
  const newest = new Map<string, Pod>();
  const made = ({ metadata }: Pod) => new Date(metadata?.creationTimestamp ?? 0).getTime();
  for (const pod of pods) {
    const known = newest.get(indexOf(pod));
    if (known === undefined || made(pod) >= made(known)) newest.set(indexOf(pod), pod);
  }
  return [...newest.values()];
}

function first(pods: readonly Pod[], reason: (pod: Pod) => string | undefined): string | undefined {
  for (const pod of pods) {
    const found = reason(pod);
    if (found !== undefined) return found;
  }
  return undefined;
}

function told(reason: string | undefined, message: string | undefined): string {
  return [reason ?? 'Unknown', message].filter((part) => part !== undefined && part !== '').join(': ');
}
