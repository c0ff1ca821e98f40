import {
  ApiException,
  BatchV1Api,
  type ConfigurationOptions,
  CoreV1Api,
  type KubeConfig,
  Observable,
  type V1DeleteOptions,
  Watch,
} from '@kubernetes/client-node';
import { workerLabels } from './job-manifest.js';
import type { ClusterEvent, Job, Plain, Pod } from './kubernetes-objects.js';

/** A server that takes longer is as good as away. */
const callMs = 15_000;
/** The server ends a watch after so long. It is opened again. */
const watchSeconds = 240;

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
    seen: (object: Job | Pod) => void,
    signal: AbortSignal,
  ): Promise<unknown> {
    const group = kind === 'jobs' ? '/apis/batch/v1' : '/api/v1';
    const path = `${group}/namespaces/${this.namespace}/${kind}`;
    const query = { labelSelector: selector, timeoutSeconds: watchSeconds };
    // The server's own end should come first; a connection that is dead without a word would never end.
    const over = AbortSignal.any([signal, AbortSignal.timeout((watchSeconds + 30) * 1_000)]);
    return await new Promise((resolve) => {
      const opened = this.watches.watch(
        path,
        query,
        (type: string, object: Job | Pod) => {
          // Such as 410: what was missed will be told by the next watch, which begins with all that is there.
          if (type === 'ERROR') resolve(object);
          else seen(object);
        },
        resolve,
      );
      const close = () => {
        resolve(undefined);
        void opened.then((controller) => controller.abort()).catch(() => undefined);
      };
      opened.catch(resolve);
      over.addEventListener('abort', close, { once: true });
      if (over.aborted) close();
    });
  }
}

function bounded(): ConfigurationOptions {
  return {
    middlewareMergeStrategy: 'append',
    middleware: [
      {
        pre: (context) => {
          context.setSignal(AbortSignal.timeout(callMs));
          return new Observable(Promise.resolve(context));
        },
        post: (context) => new Observable(Promise.resolve(context)),
      },
    ],
  };
}

async function ifFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** The HTTP status of the answer; undefined where there was none. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof ApiException ? error.code : undefined;
}

/** What the server said, or why it could not be asked. */
export function messageOf(error: unknown): string {
  if (!(error instanceof ApiException)) return error instanceof Error ? error.message : String(error);
  const body: unknown = error.body;
  const said = typeof body === 'string' ? /"message":"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] : messageIn(body);
  return said === undefined ? `HTTP status ${error.code}` : said.replaceAll('\\"', '"');
}

function messageIn(body: unknown): string | undefined {
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
  return typeof message === 'string' ? message : undefined;
}
