import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { Plain } from '@nse/kubernetes';

export type Pod = Plain<V1Pod>;

/** Whether calls may go to the pod. */
export function isReady({ metadata, status }: Pod): boolean {
  const ready = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  return ready === true && metadata?.deletionTimestamp === undefined;
}

/** How a pod stands, in a few words: by its reason in the cluster where something keeps it. */
export function podState(pod: Pod): string {
  const { metadata, status } = pod;
  if (metadata?.deletionTimestamp !== undefined) return 'terminating';
  if (isReady(pod)) return 'ready';
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const kept = containers.map(containerState).find((state) => state !== undefined);
  const unscheduled = status?.conditions?.find(
    ({ type, status: is }) => type === 'PodScheduled' && is === 'False',
  );
  return (
    kept ??
    (unscheduled === undefined ? undefined : reasoned(unscheduled.reason, unscheduled.message)) ??
    (status?.reason === undefined ? undefined : reasoned(status.reason, status.message)) ??
    (status?.phase === 'Running' ? 'running, not ready' : (status?.phase ?? 'unknown').toLowerCase())
  );
}

function containerState({ state, lastState }: Plain<V1ContainerStatus>): string | undefined {
  const { waiting, terminated } = state ?? {};
  if (waiting) {
    const before = lastState?.terminated;
    const ended = before === undefined ? '' : `; it ended before with ${ending(before)}`;
    return `${reasoned(waiting.reason, waiting.message) ?? 'waiting'}${ended}`;
  }
  return terminated && terminated.exitCode !== 0 ? ending(terminated) : undefined;
}

const ending = ({ reason, exitCode }: { readonly reason?: string; readonly exitCode: number }) =>
  `${reason ?? 'Error'} (exit code ${exitCode})`;

function reasoned(reason: string | undefined, message: string | undefined): string | undefined {
  if (reason === undefined) return message;
  return message === undefined ? reason : `${reason}: ${message}`;
}
