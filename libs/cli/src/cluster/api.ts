import { CoreV1Api, type V1Pod, type V1Secret, type V1Service } from '@kubernetes/client-node';
import { bounded } from '@nse/kubernetes';
import type { Place } from './kubeconfig.js';
import { type Asked, statusOf, toldOf } from './refusal.js';

/**
 * What is read of a namespace. Raises what `toldOf` makes of a refusal, and UNAVAILABLE where there is no answer within
 * 15 s.
 */
export class ClusterApi {
  private readonly core: CoreV1Api;

  constructor(readonly place: Place) {
    this.core = place.config.makeApiClient(CoreV1Api);
  }

  async service(name: string): Promise<V1Service | undefined> {
    const { namespace } = this.place;
    const asked = { verb: 'get', resource: 'services' };
    return await this.ifFound(asked, () => this.core.readNamespacedService({ name, namespace }, bounded()));
  }

  async pods(labelSelector: string): Promise<V1Pod[]> {
    const { namespace } = this.place;
    const list = await this.asked({ verb: 'list', resource: 'pods' }, () =>
      this.core.listNamespacedPod({ namespace, labelSelector }, bounded()),
    );
    return list.items;
  }

  /** The values of a Secret. */
  async secret(name: string): Promise<ReadonlyMap<string, Buffer> | undefined> {
    const { namespace } = this.place;
    const secret = await this.ifFound<V1Secret>({ verb: 'get', resource: `secrets (${name})` }, () =>
      this.core.readNamespacedSecret({ name, namespace }, bounded()),
    );
    if (secret === undefined) return undefined;
    const values = Object.entries(secret.data ?? {});
    return new Map(values.map(([key, text]) => [key, Buffer.from(text, 'base64')]));
  }

  /** Whether the namespace is there, as far as may be known. */
  async hasNamespace(): Promise<boolean> {
    try {
      await this.core.readNamespace({ name: this.place.namespace }, bounded());
      return true;
    } catch (error) {
      return statusOf(error) !== 404;
    }
  }

  private async ifFound<T>(asked: Asked, call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw toldOf(error, asked, this.place);
    }
  }

  private async asked<T>(asked: Asked, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw toldOf(error, asked, this.place);
    }
  }
}
