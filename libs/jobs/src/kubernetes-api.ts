import { BatchV1Api, CoreV1Api, type KubeConfig, type V1DeleteOptions, Watch } from '@kubernetes/client-node';
import { bounded, ifFound, type Plain, statusOf, type WatchedObject, watchOnce } from '@nse/kubernetes';
import { workerLabels } from './job-manifest.js';
import type { ClusterEvent, Job, Pod } from './kubernetes-objects.js';

const selector = Object.entries(workerLabels)
  .map(([key, value]) => `${key}=${value}`)
  .join(',');

/** The calls of the API server that are used, in one namespace. Not found is undefined; any other refusal is raised. */
export class KubernetesApi {
  private readonly batch: BatchV1Api;
  private readonly core: CoreV1Api;
  private readonly watches: Watch;

  constructor(
    config: KubeConfig,
    private readonly namespace: string,
  ) {
    this.batch = config.makeApiClient(BatchV1Api);
    this.core = config.makeApiClient(CoreV1Api);
    this.watches = new Watch(config);
  }

  async job(name: string): Promise<Job | undefined> {
    return await ifFound(this.batch.readNamespacedJob({ name, namespace: this.namespace }, bounded()));
  }

  /** All Jobs of ours. */
  async jobs(): Promise<Job[]> {
    const list = { namespace: this.namespace, labelSelector: selector };
    return (await this.batch.listNamespacedJob(list, bounded())).items;
  }

  /** Raises 409 where there is a Job of that name. */
  async create(body: Job): Promise<Job> {
    return await this.batch.createNamespacedJob({ namespace: this.namespace, body }, bounded());
  }

  /** Deletes exactly that Job, not one of the same name that was made since; its pods follow. */
  async remove(name: string, uid: string): Promise<void> {
    const body: Plain<V1DeleteOptions> = { propagationPolicy: 'Background', preconditions: { uid } };
    try {
      await this.batch.deleteNamespacedJob({ name, namespace: this.namespace, body }, bounded());
    } catch (error) {
      if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
    }
  }

  /** The pods of the Job with that UID, also after it is gone. */
  async podsOf(uid: string): Promise<Pod[]> {
    const labelSelector = `batch.kubernetes.io/controller-uid=${uid}`;
    return (await this.core.listNamespacedPod({ namespace: this.namespace, labelSelector }, bounded())).items;
  }

  /** What went wrong with an object of that UID, as the cluster's parts tell. */
  async warningsOf(uid: string): Promise<ClusterEvent[]> {
    const fieldSelector = `involvedObject.uid=${uid},type=Warning`;
    return (await this.core.listNamespacedEvent({ namespace: this.namespace, fieldSelector }, bounded()))
      .items;
  }

  /**
   * Calls `seen` with each Job or pod of ours, as they are and as they change, until the connection ends; then gives why, where
   * that is known. There may be gaps.
   */
  async watch(
    kind: 'jobs' | 'pods',
    seen: (object: WatchedObject) => void,
    signal: AbortSignal,
  ): Promise<unknown> {
    const group = kind === 'jobs' ? '/apis/batch/v1' : '/api/v1';
    const watched = { path: `${group}/namespaces/${this.namespace}/${kind}`, labelSelector: selector };
    return await watchOnce(this.watches, watched, seen, signal);
  }
}
