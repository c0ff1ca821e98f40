import type { CoreV1Event, V1ContainerStatus, V1Job, V1Pod } from '@kubernetes/client-node';

/** The client's model classes as plain data, which is what an API server reads and writes. */
export type Plain<T> = T extends Date ? T : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;

export type Job = Plain<V1Job>;
export type Pod = Plain<V1Pod>;
export type ContainerStatus = Plain<V1ContainerStatus>;
export type ClusterEvent = Plain<CoreV1Event>;
