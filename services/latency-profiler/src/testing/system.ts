import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, connectBus, type NatsServer, newEvent, startNatsServer } from '@nse/messaging';
import { type Client, createClient, type RunningServer, startServer } from '@nse/rpc';
import { searchesBucket } from '@nse/service';
import { parseSpec, type SearchSpec } from '@nse/spec';
import { logger } from '@nse/telemetry';
import type { Patience } from '../jobs/overdue.js';
import { type Profiler, startProfiler } from '../profiler.js';
import { startMeasurements } from '../searches/measurements-of-searches.js';
import { startTables } from '../searches/tables-of-searches.js';
import { latencyProfiler } from '../service.js';
import { MadeUpSource, type Nature } from './made-up-device.js';

/** Of a search on `made-up-a`, small enough that its table is built at once. */
export const specOf = (more: Record<string, unknown> = {}): SearchSpec =>
  parseSpec({
    name: 'tests',
    dataset: { kind: 'fashion-mnist' },
    network: { plan: 'NR', depths: [0, 0, 0, 0, 0], widths: [8, 8, 8, 8, 8], tailChannels: 16 },
    constraint: { macs: { target: 1e6, drift: 0.5e6 } },
    ...more,
  });

/** The codes of architectures of one operation a cell. */
export const codesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => [0, 3, index % 9, 6].join('.'));

const log = logger('tests', { write: () => undefined });

/** One process of the service, in this one. */
export interface Replica {
  readonly source: MadeUpSource;
  readonly profiler: Profiler;
  readonly client: Client<'LatencyProfiler'>;
  readonly bus: Bus;
  stop(): Promise<void>;
}

/** A NATS server with as many processes of the service as a test starts. */
export class TestSystem {
  private readonly replicas: Replica[] = [];

  private constructor(
    readonly nats: NatsServer,
    readonly bus: Bus,
  ) {}

  static async start(): Promise<TestSystem> {
    process.env['NSE_LOG_LEVEL'] = 'silent';
    const nats = await startNatsServer();
    return new TestSystem(nats, await connectBus({ url: nats.url, name: 'tests', log }));
  }

  async replica(
    nature: Nature = { measureMs: 0 },
    devices: readonly string[] = [],
    patience: Partial<Patience> = {},
  ): Promise<Replica> {
    const bus = await connectBus({ url: this.nats.url, name: 'latency-profiler', log });
    const source = new MadeUpSource(nature);
    devices.forEach((id) => source.plug(id));
    const profiler = await startProfiler(bus, {
      sources: [source],
      log,
      patience: { awayMs: 60_000, unknownMs: 60_000, everyMs: 100, ...patience },
      beatMs: 100,
      pauseMs: 20,
    });
    await startTables(profiler);
    await startMeasurements(profiler);
    const implementations = { LatencyProfiler: latencyProfiler(profiler) };
    const server: RunningServer = await startServer({
      name: 'tests',
      address: '127.0.0.1:0',
      implementations,
      log,
    });
    const client = createClient('LatencyProfiler', server.address);
    let stopped = false;
    const replica: Replica = {
      ...{ source, profiler, client, bus },
      stop: async () => {
        if (stopped) return;
        stopped = true;
        client.close();
        await profiler.stop();
        await Promise.all([server.stop(), bus.close()]);
      },
    };
    this.replicas.push(replica);
    return replica;
  }

  /** Notes the search as the space-manager does. */
  async createSearch(search: string, spec: SearchSpec = specOf()): Promise<void> {
    const searches = await this.bus.states(searchesBucket, (value) => value);
    await searches.create(search, { phase: 'RUNNING' });
    await this.bus.publish(newEvent('search.created', { search, name: spec.name, rounds: 2, spec }, 'tests'));
  }

  /** Changes how the search stands; undefined takes it away. */
  async setPhase(search: string, phase: string | undefined, resumes = 0): Promise<void> {
    const searches = await this.bus.states(searchesBucket, (value) => value);
    const entry = await searches.get(search);
    if (phase === undefined) await searches.delete(search);
    else await searches.update(search, { phase, resumed: { count: resumes } }, entry?.revision ?? 0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop()));
    await this.bus.close();
    await this.nats.stop();
  }
}

/** Waits for what comes by itself; raises where it stays away. */
export async function until<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await delay(20);
  }
  throw new Error('waited too long');
}
