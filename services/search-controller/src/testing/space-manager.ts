import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, connectBus, type NatsServer, startNatsServer } from '@nse/messaging';
import { type Client, createClient } from '@nse/rpc';
import { NseError } from '@nse/space';
import { logger } from '@nse/telemetry';

export const log = logger('tests', { write: () => undefined });

/** What of a stored search the tests change; the rest is left as it is. */
export type StoredSearch = Readonly<Record<string, unknown>>;

/** A NATS server with the space-manager as the process that it is. */
export class SpaceManager {
  private constructor(
    readonly nats: NatsServer,
    readonly bus: Bus,
    readonly address: string,
    readonly client: Client<'SpaceManager'>,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<SpaceManager> {
    const nats = await startNatsServer();
    const child = spawn(process.execPath, [join(__dirname, '../../../space-manager/dist/main.js')], {
      env: { ...process.env, NSE_NATS_URL: nats.url, NSE_LOG_LEVEL: 'error' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [{ address }] = (await once(child, 'message')) as [{ address: string }];
    const bus = await connectBus({ url: nats.url, name: 'tests', log });
    const client = createClient('SpaceManager', address, { deadlineMs: 10_000 });
    return new SpaceManager(nats, bus, address, client, child);
  }

  /** Moves a search on, as the services that work on it would. */
  async change(search: string, changes: StoredSearch): Promise<void> {
    const searches = await this.bus.states('NSE_SEARCHES', (value) => value as StoredSearch);
    const entry = await searches.get(search);
    if (entry === undefined) throw new Error(`there is no search ${search}`);
    await searches.update(search, { ...entry.value, ...changes }, entry.revision);
  }

  /** Waits until it was told that the search is removed. */
  async deleted(search: string): Promise<void> {
    for await (const { id } of this.bus.replay({ search, types: ['search.deleted'] })) {
      log.debug({ id }, 'said to be removed');
      break;
    }
    // The search itself goes last, after the event.
    while (await this.isThere(search)) await delay(50);
  }

  private async isThere(search: string): Promise<boolean> {
    try {
      await this.client.getSearch({ search });
      return true;
    } catch (error) {
      if (NseError.from(error).code === 'NOT_FOUND') return false;
      throw error;
    }
  }

  /** Leaves the record of a completed round. */
  async addRound(search: string, round: number): Promise<void> {
    const rounds = await this.bus.states('NSE_ROUNDS', (value) => value);
    const none = { subsets: [], tried: [], kept: [], dropped: [], pruned: [], optimized: [], untried: [] };
    await rounds.create(`${search}.${round}`, {
      search,
      round,
      rounds: 2,
      front: frontOf(round + 1),
      space: { ...none, pendingCounts: [] },
      logits: [],
      scored: 2,
      bestAccuracy: 0.5 + round / 100,
      scores: [],
      curve: [],
      artifacts: {},
      seconds: {},
    });
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.bus.close();
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
    await this.nats.stop();
  }
}

export const smallSpec = {
  dataset: { kind: 'fashion-mnist' },
  network: { plan: 'NR', depths: [1, 1, 0, 0, 0], widths: [8, 8, 16, 24, 32], tailChannels: 64 },
  rounds: 2,
  constraint: { macs: { target: 1.2e6, drift: 0.2e6 } },
};

/** A front of so many, as it is stored. */
export const frontOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    code: '0.1',
    cost: 1e6 + index,
    macs: 1e6 + index,
    accuracy: 0.5 + index / 100,
    round: 1,
  }));
