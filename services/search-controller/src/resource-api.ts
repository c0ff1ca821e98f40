import {
  CoreV1Api,
  type CoreV1Event,
  CustomObjectsApi,
  type KubeConfig,
  Watch,
} from '@kubernetes/client-node';
import { bounded, type ChangeType, ifFound, type Plain, statusOf, watchOnce } from '@nse/kubernetes';
import { eventName, type Happening } from './cluster-events.js';
import { group, plural, type ResourceStatus, type SearchResource, version } from './resource.js';

const pageSize = 200;
const component = 'nse-search-controller';

/** The calls of the API server about `Search` objects of one namespace. The server holds objects to their schema. */
export class ResourceApi {
  private readonly objects: CustomObjectsApi;
  private readonly core: CoreV1Api;
  private readonly watches: Watch;
  private readonly where: { group: string; version: string; plural: string; namespace: string };

  constructor(
    config: KubeConfig,
    readonly namespace: string,
  ) {
    this.objects = config.makeApiClient(CustomObjectsApi);
    this.core = config.makeApiClient(CoreV1Api);
    this.watches = new Watch(config);
    this.where = { group, version, plural, namespace };
  }

  async find(name: string): Promise<SearchResource | undefined> {
    const call: Promise<unknown> = this.objects.getNamespacedCustomObject({ ...this.where, name }, bounded());
    return (await ifFound(call)) as SearchResource | undefined;
  }

  /** All of them, or an error: never a part. */
  async list(): Promise<SearchResource[]> {
    const all: SearchResource[] = [];
    let next: string | undefined;
    do {
      const from = next === undefined ? {} : { _continue: next };
      const call: Promise<unknown> = this.objects.listNamespacedCustomObject(
        { ...this.where, limit: pageSize, ...from },
        bounded(),
      );
      const { items, metadata } = (await call) as ResourceList;
      all.push(...items);
      next = metadata.continue === '' ? undefined : metadata.continue;
    } while (next !== undefined);
    return all;
  }

  /** The object with its new status. Raises 409 where the object has changed since it was read, 404 where it is gone. */
  async updateStatus(resource: SearchResource, status: ResourceStatus): Promise<SearchResource> {
    const call: Promise<unknown> = this.objects.replaceNamespacedCustomObjectStatus(
      { ...this.where, name: resource.metadata.name, body: { ...resource, status } },
      bounded(),
    );
    return (await call) as SearchResource;
  }

  /** Tells what happened to the object. The same happening once more changes nothing. */
  async record(resource: SearchResource, happening: Happening, at: Date): Promise<void> {
    const { metadata, apiVersion, kind } = resource;
    const { name, namespace, uid, resourceVersion } = metadata;
    const body: Plain<CoreV1Event> = {
      metadata: { name: eventName(resource, happening), namespace },
      involvedObject: { apiVersion, kind, name, namespace, uid, resourceVersion },
      reason: happening.reason,
      type: happening.type,
      message: happening.message.slice(0, 1_000),
      source: { component },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    };
    try {
      await this.core.createNamespacedEvent({ namespace, body }, bounded());
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
    }
  }

  /** Calls `seen` with the name of each object and of each that changes, until the connection ends; then gives why. */
  async watch(seen: (name: string, type: ChangeType) => void, signal: AbortSignal): Promise<unknown> {
    const path = `/apis/${group}/${version}/namespaces/${this.namespace}/${plural}`;
    return await watchOnce(
      this.watches,
      { path },
      ({ metadata }, type) => {
        if (metadata?.name !== undefined) seen(metadata.name, type);
      },
      signal,
    );
  }
}

interface ResourceList {
  readonly items: readonly SearchResource[];
  readonly metadata: { readonly continue?: string };
}
