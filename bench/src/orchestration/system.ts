import { type Bus, connectBus, type NatsServer, startNatsServer } from '@nse/messaging';
import { type Client, createClient } from '@nse/rpc';
import { logger } from '@nse/telemetry';
import { Child } from './child.js';
import type { HostMessage } from './messages.js';

/** The services whose load is measured. */
const services = ['space-manager', 'supernet-trainer', 'fitness-evaluator', 'retrainer'] as const;

type Started = Extract<HostMessage, { kind: 'started' }>;

/** A real nats-server, set up as `./nse up` does, and the services as processes of their own, on loopback ports. */
export class LoadedSystem {
  readonly started: Started[] = [];
  /** Milliseconds of each `bus.publish` of a service. */
  readonly published: number[] = [];
  private readonly children: Child[] = [];

  private constructor(
    readonly nats: NatsServer,
    readonly bus: Bus,
  ) {}

  static async start(): Promise<LoadedSystem> {
    const nats = await startNatsServer();
    const log = logger('bench', { write: () => undefined });
    const system = new LoadedSystem(nats, await connectBus({ url: nats.url, name: 'bench', log }));
    try {
      await Promise.all(services.map((name) => system.host(name)));
    } catch (error) {
      await system.stop();
      throw error;
    }
    return system;
  }

  /** Starts a process that ends with the system. */
  async launch(name: string, program: 'scorers' | 'subscribers', args: readonly string[]): Promise<Child> {
    const child = new Child(name, program, args, {});
    this.children.push(child);
    await child.next('ready');
    return child;
  }

  client(): Client<'SpaceManager'> {
    return createClient('SpaceManager', this.address);
  }

  /** Process ids by name. */
  pids(): ReadonlyMap<string, number> {
    const of = this.children.flatMap(({ name, pid }): [string, number][] =>
      pid === undefined ? [] : [[name, pid]],
    );
    return new Map([['nats-server', this.nats.pid], ...of]);
  }

  /** Names of processes that ended by themselves, with what they said last. */
  deaths(): string[] {
    return this.children.flatMap(({ name, died, complaints }) => (died ? [`${name}: ${complaints}`] : []));
  }

  async stop(): Promise<void> {
    await Promise.all(this.children.map((child) => child.stop()));
    await this.bus.close();
    await this.nats.stop();
  }

  private address = '';

  private async host(name: string): Promise<void> {
    const env = { NSE_NATS_URL: this.nats.url, NSE_GRPC_ADDRESS: '127.0.0.1:0' };
    const child = new Child(name, 'host', [name], env, (message) => this.hear(message as HostMessage));
    this.children.push(child);
    const { address } = await child.next<Extract<HostMessage, { kind: 'ready' }>>('ready');
    if (name === 'space-manager') this.address = address;
  }

  private hear(message: HostMessage): void {
    if (message.kind === 'started') this.started.push(message);
    else if (message.kind === 'published') this.published.push(message.ms);
  }
}
