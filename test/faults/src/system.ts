import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalRuntime, repositoryRoot, type serviceNames } from '@nse/cli';
import { type Bus, connectBus, type EventType, type States } from '@nse/messaging';
import { type Client, createClient, toStruct } from '@nse/rpc';
import { NseError } from '@nse/space';
import type { SearchSpec } from '@nse/spec';
import { connect, type NatsConnection } from 'nats';
import { latencyTableFor } from '@nse/testing';
import type { Json } from './evidence.js';
import { type Process, processesOf, workersAmong } from './processes.js';
import { specs, tableName } from './specs.js';

export type ServiceName = (typeof serviceNames)[number];

export interface SystemOptions {
  /** Where NATS keeps its files; a new temporary folder unless given. It is removed in the end. */
  readonly folder?: string;
}

/** The whole system on this machine, with its insides open: processes, failpoints, stored state. */
export class FaultySystem {
  private constructor(
    readonly folder: string,
    readonly failpoints: string,
    readonly runtime: LocalRuntime,
    readonly bus: Bus,
    /** For what no client of ours would do. */
    readonly nats: NatsConnection,
    readonly spaceManager: Client<'SpaceManager'>,
    private readonly searches: States<Json>,
  ) {}

  static async start(options: SystemOptions = {}): Promise<FaultySystem> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'nse-faults-'));
    const failpoints = join(folder, 'failpoints');
    mkdirSync(failpoints, { recursive: true });
    // Services inherit it, and workers from them.
    process.env['NSE_FAILPOINTS'] = failpoints;
    const runtime = await LocalRuntime.start({ stateDir: folder, root: repositoryRoot });
    const { nats: url, services } = runtime.endpoints;
    const bus = await connectBus({ url, name: 'faults' });
    const nats = await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    const searches = await bus.states<Json>('NSE_SEARCHES', (value) => value as Json);
    const spaceManager = createClient('SpaceManager', services['space-manager']);
    const system = new FaultySystem(folder, failpoints, runtime, bus, nats, spaceManager, searches);
    await system.importTable();
    return system;
  }

  get natsUrl(): string {
    return this.runtime.endpoints.nats;
  }

  /** Stops everything. Gives what of it still runs, which must be nothing. */
  async stop(): Promise<Process[]> {
    this.spaceManager.close();
    await this.bus.close();
    await this.nats.close();
    await this.runtime.stop();
    const left = processesOf(this);
    rmSync(this.folder, { recursive: true, force: true });
    return left;
  }

  /** Every process that belongs to the system. */
  processes(): Process[] {
    return processesOf(this);
  }

  /** The workers that run now. */
  workers(): (Process & { readonly task: string })[] {
    return workersAmong(processesOf(this));
  }

  /** What the services have logged, all together or one of them. */
  logged(service?: ServiceName): string {
    const folder = join(this.folder, 'logs');
    const files = readdirSync(folder).filter((name) => service === undefined || name === `${service}.log`);
    return files.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
  }

  /** Creates the search, however often the service is killed meanwhile: the same id and spec is the same search. */
  async create(search: string, spec: SearchSpec): Promise<void> {
    const request = { search, spec: toStruct(spec) };
    await untilTaken(() =>
      this.spaceManager.createSearch(request, { waitForReady: true, deadlineMs: 60_000 }),
    );
  }

  async phase(search: string): Promise<string> {
    const { phase } = await this.state(search);
    return typeof phase === 'string' ? phase : 'UNKNOWN';
  }

  /** Waits until the search has told of the first event of the type. */
  async event(search: string, type: EventType, withinMs: number): Promise<void> {
    const events = this.bus.replay({ search, types: [type], signal: AbortSignal.timeout(withinMs) });
    const { done } = await events.next();
    await events.return();
    if (done === true) throw new Error(`${search} told of no ${type} within ${withinMs} ms`);
  }

  /** The state of a search as it is stored. */
  async state(search: string): Promise<Json> {
    return (await this.searches.get(search))?.value ?? {};
  }

  /** Waits until the search has come to the phase, or any end. Gives the phase. */
  async until(search: string, phase: string, withinMs: number): Promise<string> {
    const ends = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED', phase]);
    const deadline = performance.now() + withinMs;
    for (;;) {
      const now = await this.phase(search);
      if (ends.has(now)) return now;
      if (performance.now() > deadline) throw new Error(`${search} is still ${now} after ${withinMs} ms`);
      await delay(200);
    }
  }

  private async importTable(): Promise<void> {
    const profiler = createClient('LatencyProfiler', this.runtime.endpoints.services['latency-profiler']);
    const spec = specs['latency'];
    if (spec === undefined) throw new Error('there is no spec with a latency table');
    await profiler.importTable({ name: tableName, table: toStruct(latencyTableFor(spec)) });
    profiler.close();
  }
}

/** Calls until the call is taken. Raises what is not a passing error. */
export async function untilTaken<T>(call: () => Promise<T>, tries = 20): Promise<T> {
  for (let left = tries; ; left--) {
    try {
      return await call();
    } catch (error) {
      if (left <= 1 || !NseError.from(error).retryable) throw error;
      await delay(500);
    }
  }
}

/** Waits until the condition holds; false where it does not within the time. */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await delay(50);
  }
  return true;
}
