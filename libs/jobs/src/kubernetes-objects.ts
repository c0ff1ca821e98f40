import type { CoreV1Event, V1ContainerStatus, V1Job, V1Pod } from '@kubernetes/client-node';
import type { Plain } from '@nse/kubernetes';

export type Job = Plain<V1Job>;
export type Pod = Plain<V1Pod>;
export type ContainerStatus = Plain<V1ContainerStatus>;
export type ClusterEvent = Plain<CoreV1Event>;
