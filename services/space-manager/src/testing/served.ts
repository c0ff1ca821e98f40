import { type Bus, connectBus, type NatsServer, startNatsServer } from '@nse/messaging';
import {
  type Client,
  createClient,
  type messages,
  type RunningServer,
  startServer,
  toStruct,
} from '@nse/rpc';
import { logger } from '@nse/telemetry';
import { Reactions } from '../reactions.js';
import { spaceManager } from '../service.js';
import { SearchStore } from '../store.js';
import { writtenSpec } from './search.js';

const log = logger('tests', { write: () => undefined });

/** The space-manager over real gRPC and NATS, in this process. */
export class Served {
  private constructor(
    private readonly nats: NatsServer,
    private readonly server: RunningServer,
    readonly bus: Bus,
    readonly store: SearchStore,
    readonly reactions: Reactions,
    readonly client: Client<'SpaceManager'>,
  ) {}

  static async start(): Promise<Served> {
    const nats = await startNatsServer();
    const bus = await connectBus({ url: nats.url, name: 'space-manager', log });
    const store = await SearchStore.open(bus);
    const reactions = new Reactions(bus, store, log);
    await reactions.start();
    const implementations = { SpaceManager: spaceManager(bus, store, reactions) };
    const server = await startServer({
      name: 'space-manager',
      address: '127.0.0.1:0',
      implementations,
      log,
    });
    return new Served(nats, server, bus, store, reactions, createClient('SpaceManager', server.address));
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.server.stop();
    await this.bus.close();
    await this.nats.stop();
  }

  /** Asks for a small search. */
  create(search: string, changes: object = {}) {
    return this.client.createSearch({ search, spec: toStruct({ ...writtenSpec, ...changes }) });
  }

  add(search: string, request: Partial<messages.AddOperationsRequest>) {
    return this.client.addOperations({ search, ...request });
  }

  /** The ids of all that was published of the search so far. */
  async eventsOf(search: string): Promise<string[]> {
    const ids: string[] = [];
    for await (const { id } of this.bus.replay({ search, follow: false })) ids.push(id);
    return ids;
  }
}
