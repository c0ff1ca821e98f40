import { type Bus, connectBus, type NatsServer, startNatsServer } from '@nse/messaging';
import { type Client, createClient, type RunningServer, startServer } from '@nse/rpc';
import type { Logger } from '@nse/telemetry';
import { retrainer } from '../service.js';

/** The retrainer's calls on a NATS of their own, and a client of them. */
export class ServedRetrainer {
  private constructor(
    private readonly nats: NatsServer,
    readonly bus: Bus,
    private readonly server: RunningServer,
    readonly client: Client<'Retrainer'>,
  ) {}

  static async start(log: Logger): Promise<ServedRetrainer> {
    const nats = await startNatsServer();
    const bus = await connectBus({ url: nats.url, name: 'retrainer', log });
    const implementations = { Retrainer: retrainer(bus) };
    const server = await startServer({ name: 'retrainer', address: '127.0.0.1:0', implementations, log });
    return new ServedRetrainer(nats, bus, server, createClient('Retrainer', server.address));
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.server.stop();
    await this.bus.close();
    await this.nats.stop();
  }
}
