import { type Client, createClient, lazyClient, toStruct } from '@nse/rpc';
import type { BusOptions } from '@nse/messaging';
import { NseError } from '@nse/space';
import type { System } from '../connect.js';
import { clientCertificates } from '../paths.js';
import { ClusterApi } from './api.js';
import type { ClusterChoice } from './choice.js';
import { Forward } from './forward.js';
import { type Identity, identityOf } from './identity.js';
import { placeOf } from './kubeconfig.js';

/** The services that commands call, and what each is called in the cluster. */
const called = {
  SpaceManager: 'space-manager',
  SupernetTrainer: 'supernet-trainer',
  FitnessEvaluator: 'fitness-evaluator',
  LatencyProfiler: 'latency-profiler',
  Retrainer: 'retrainer',
} as const;

/**
 * NSE in a namespace of a cluster, reached through the API server. Nothing is asked or opened before the first use of a part, and
 * only what that part needs.
 */
export class ClusterConnection {
  readonly api: ClusterApi;
  readonly system: System;
  private readonly forwards = new Map<string, Promise<Forward>>();
  private identity: Promise<Identity> | undefined;

  /** Raises INVALID_ARGUMENT where the choice names no place; see `placeOf`. */
  constructor(
    private readonly choice: ClusterChoice,
    env: Readonly<NodeJS.ProcessEnv>,
    private readonly certificates = clientCertificates,
  ) {
    this.api = new ClusterApi(placeOf(choice, env));
    const clients = {
      spaceManager: this.client('SpaceManager'),
      supernetTrainer: this.client('SupernetTrainer'),
      fitnessEvaluator: this.client('FitnessEvaluator'),
      latencyProfiler: this.client('LatencyProfiler'),
      retrainer: this.client('Retrainer'),
    };
    const close = () => Object.values(clients).forEach((client) => client.close());
    this.system = { ...clients, struct: toStruct, close };
  }

  /** How to reach the cluster's NATS, to read. */
  async nats(): Promise<Pick<BusOptions, 'url' | 'tls' | 'readOnly'>> {
    const [forward, { tls }] = await this.parts('nats');
    return { url: `nats://${forward.address}`, tls: { ...tls, serverName: 'nats' }, readOnly: true };
  }

  /** What is told of a failure: of one that comes from a connection that did not come about, why it did not. */
  async explained(error: unknown): Promise<unknown> {
    const { code, message, reason } = NseError.from(error);
    if (code !== 'UNAVAILABLE' || reason !== undefined) return error;
    const { namespace, context } = this.api.place;
    const open = await Promise.allSettled(this.forwards.values());
    const troubles = open.flatMap((one) => (one.status === 'fulfilled' ? (one.value.trouble ?? []) : []));
    const why = troubles.length === 0 ? message : troubles.join('; ');
    const told = `namespace ${namespace} of context ${context} cannot be reached: ${why}`;
    return message.includes(context) ? error : new NseError(code, told, { cause: error });
  }

  close(): void {
    this.system.close();
    for (const forward of this.forwards.values()) {
      void forward.then(
        (opened) => opened.close(),
        () => undefined,
      );
    }
  }

  private client<S extends keyof typeof called>(service: S): Client<S> {
    const name = called[service];
    return lazyClient(service, async () => {
      const [forward, identity] = await this.parts(name);
      // The port is this machine's, the certificate has to be the service's.
      return createClient(service, forward.address, { ...identity, serverName: name });
    });
  }

  private async parts(service: string): Promise<[Forward, Identity]> {
    const forward = await this.forward(service);
    this.identity ??= identityOf(this.api, this.choice, this.certificates);
    return [forward, await this.identity];
  }

  private async forward(service: string): Promise<Forward> {
    const forward = this.forwards.get(service) ?? Forward.open(this.api, service);
    this.forwards.set(service, forward);
    try {
      return await forward;
    } catch (error) {
      this.forwards.delete(service);
      throw error;
    }
  }
}

/** A command's work with a cluster, which is let go of afterwards. */
export async function withCluster<T>(
  choice: ClusterChoice,
  env: Readonly<NodeJS.ProcessEnv>,
  action: (connection: ClusterConnection) => Promise<T>,
): Promise<T> {
  const connection = new ClusterConnection(choice, env);
  try {
    return await action(connection);
  } catch (error) {
    throw await connection.explained(error);
  } finally {
    connection.close();
  }
}
