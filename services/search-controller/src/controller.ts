import { setTimeout as delay } from 'node:timers/promises';
import { keepWatching } from '@nse/kubernetes';
import type { Bus } from '@nse/messaging';
import type { Client } from '@nse/rpc';
import type { Logger } from '@nse/telemetry';
import { KeyedQueue } from './keyed-queue.js';
import { Reconciler } from './reconciler.js';
import { removeOrphans } from './removal.js';
import { isSettled } from './step.js';
import type { ResourceApi } from './resource-api.js';

export interface ControllerOptions {
  readonly api: ResourceApi;
  readonly bus: Bus;
  readonly searches: Client<'SpaceManager'>;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Every object is looked at so often though nothing was told of it, in ms; 15,000 unless given. */
  readonly resyncMs?: number;
  /** How long after the last time searches without an object are looked for, in ms; 60,000 unless given. */
  readonly removalMs?: number;
}

const pauseMs = 5_000;

/**
 * Keeps the objects of a namespace and their searches in step until the signal aborts. The watch of the objects and the events of
 * searches are hints to look, no more; whatever they miss is found by looking at all now and then.
 */
export class Controller {
  private readonly queue: KeyedQueue;
  private readonly known = new Set<string>();
  private readonly log: Logger;
  private readonly signal: AbortSignal;
  private lookForOrphans = new AbortController();

  constructor(private readonly options: ControllerOptions) {
    const { api, searches, log, signal } = options;
    const reconciler = new Reconciler(api, searches, log);
    this.log = log;
    this.signal = signal;
    this.queue = new KeyedQueue((name) => reconciler.reconcile(name), log, signal);
  }

  /** Ends once the signal aborts. */
  async run(): Promise<void> {
    await Promise.all([this.watchObjects(), this.hearEvents(), this.lookAtAll(), this.removeOrphans()]);
  }

  private async watchObjects(): Promise<void> {
    const { api } = this.options;
    const open = () =>
      api.watch((name, type) => {
        if (type === 'DELETED') this.lookForOrphans.abort();
        else this.look(name);
      }, this.signal);
    await keepWatching('searches', open, this.log, this.signal);
  }

  private look(name: string): void {
    this.known.add(name);
    this.queue.add(name);
  }

  /** Events of searches that no object has are nothing to us. */
  private async hearEvents(): Promise<void> {
    await this.again('hear events', async () => {
      for await (const { data } of this.options.bus.replay({ from: 'now', signal: this.signal })) {
        if (this.known.has(data.search)) this.queue.add(data.search);
      }
      return 0;
    });
  }

  private async lookAtAll(): Promise<void> {
    await this.again('list objects', async () => {
      const all = await this.options.api.list();
      this.known.clear();
      for (const { metadata } of all) this.known.add(metadata.name);
      for (const resource of all) if (!isSettled(resource)) this.queue.add(resource.metadata.name);
      return this.options.resyncMs ?? 15_000;
    });
  }

  private async removeOrphans(): Promise<void> {
    const { api, searches, removalMs = 60_000 } = this.options;
    await this.again('look for searches without an object', async () => {
      this.lookForOrphans = new AbortController();
      // An object that waited for one of the names can go on.
      for (const name of await removeOrphans(api, searches, this.log)) this.queue.add(name);
      await this.pause(removalMs, this.lookForOrphans.signal);
      return 0;
    });
  }

  /** Does it over and over, after the pause in ms that it gives; where it fails, after one that is always the same. */
  private async again(what: string, work: () => Promise<number>): Promise<void> {
    while (!this.signal.aborted) {
      let wait = pauseMs;
      try {
        wait = await work();
      } catch (error) {
        this.log.warn({ err: error }, `cannot ${what}; trying again`);
      }
      await this.pause(wait);
    }
  }

  private async pause(ms: number, ...others: AbortSignal[]): Promise<void> {
    await delay(ms, undefined, { signal: AbortSignal.any([this.signal, ...others]) }).catch(() => undefined);
  }
}
