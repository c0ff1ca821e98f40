import { logger } from '@nse/telemetry';
import { type Bus, type BusOptions, connectBus } from '../bus.js';
import { type NatsServer, startNatsServer } from '../nats-server.js';

/** A real server for the tests of one file, and buses that are closed with it. */
export class TestServer {
  private readonly buses: Bus[] = [];

  private constructor(readonly server: NatsServer) {}

  static async start(): Promise<TestServer> {
    return new TestServer(await startNatsServer());
  }

  async bus(options: Partial<BusOptions> = {}): Promise<Bus> {
    const log = logger('tests', { write: () => undefined });
    const bus = await connectBus({ url: this.server.url, name: 'tests', log, ...options });
    this.buses.push(bus);
    return bus;
  }

  async stop(): Promise<void> {
    await Promise.all(this.buses.map((bus) => bus.close()));
    await this.server.stop();
  }
}
