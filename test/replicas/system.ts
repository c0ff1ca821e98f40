import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceNames } from '@nse/cli';
import { type Bus, connectBus, type NatsServer, startNatsServer } from '@nse/messaging';
import { type Client, createClient, type messages, toStruct } from '@nse/rpc';
import { NseError } from '@nse/space';
import type { SearchSpec } from '@nse/spec';
import { Replica } from './replica.js';

type Called = 'SpaceManager' | 'Retrainer' | 'FitnessEvaluator';

/** A call that no replica takes for so long is not taken at all. */
const takenWithinMs = 120_000;

/** Some processes of each service on one nats-server; calls go to them in turn, as a load balancer would have it. */
export class ReplicatedSystem {
  readonly replicas: Replica[] = [];
  private readonly clients: { [K in Called]: Client<K>[] } = {
    SpaceManager: [],
    Retrainer: [],
    FitnessEvaluator: [],
  };
  private turn = 0;

  private constructor(
    private readonly folder: string,
    private readonly nats: NatsServer,
    readonly bus: Bus,
  ) {}

  static async start(count: number): Promise<ReplicatedSystem> {
    const nats = await startNatsServer();
    const folder = mkdtempSync(join(tmpdir(), 'nse-replicas-'));
    const system = new ReplicatedSystem(folder, nats, await connectBus({ url: nats.url, name: 'replicas' }));
    await system.scaleTo(count);
    return system;
  }

  /** Starts more processes of each service, all at once. */
  async scaleTo(count: number): Promise<void> {
    const added = serviceNames.flatMap((service) => {
      const number = this.replicas.filter((replica) => replica.service === service).length;
      return Array.from(
        { length: count - number },
        (_, index) => new Replica(service, this.nats.url, this.folder, number + index),
      );
    });
    await Promise.all(added.map((replica) => replica.start()));
    this.replicas.push(...added);
    for (const { service, address } of added) {
      if (service === 'space-manager') this.clients.SpaceManager.push(createClient('SpaceManager', address));
      if (service === 'retrainer') this.clients.Retrainer.push(createClient('Retrainer', address));
      if (service === 'fitness-evaluator')
        this.clients.FitnessEvaluator.push(createClient('FitnessEvaluator', address));
    }
  }

  async stop(): Promise<void> {
    for (const client of Object.values(this.clients).flat()) client.close();
    await Promise.all(this.replicas.map((replica) => replica.stop()));
    await this.bus.close();
    await this.nats.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Calls the next replica of the service; where that one is away, the one after it. */
  async call<K extends Called, T>(service: K, method: (client: Client<K>) => Promise<T>): Promise<T> {
    const clients = this.clients[service];
    const deadline = performance.now() + takenWithinMs;
    for (;;) {
      const client = clients[this.turn++ % clients.length];
      if (client === undefined) throw new Error(`there is no ${service}`);
      try {
        return await method(client);
      } catch (error) {
        if (!NseError.from(error).retryable || performance.now() > deadline) throw error;
      }
      await delay(100);
    }
  }

  /** The same call to every replica of the service at once. */
  async callAll<K extends Called, T>(
    service: K,
    method: (client: Client<K>) => Promise<T>,
  ): Promise<PromiseSettledResult<T>[]> {
    return await Promise.allSettled(this.clients[service].map(method));
  }

  async create(search: string, spec: SearchSpec): Promise<void> {
    await this.call('SpaceManager', (client) => client.createSearch({ search, spec: toStruct(spec) }));
  }

  /** Watches the search, by one replica after the other, until it is over. */
  async followed(search: string): Promise<messages.Search__Output> {
    const ends = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED']);
    for (;;) {
      const found = await this.call('SpaceManager', async (client) => {
        for await (const { search: state } of client.watchSearch({ search })) {
          if (state && ends.has(state.phase)) return state;
        }
        return undefined;
      });
      if (found !== undefined) return found;
    }
  }
}
