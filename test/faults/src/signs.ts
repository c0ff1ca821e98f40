import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@nse/messaging';

/** When each search last gave a sign of life: an event, or progress. */
export class Signs {
  private readonly last = new Map<string, number>();
  private readonly abort = new AbortController();
  private readonly readers: Promise<void>[];

  constructor(private readonly bus: Bus) {
    this.readers = [this.keep(() => this.events()), this.keep(() => this.progress())];
  }

  /** By `performance.now()`; 0 before the first. */
  lastOf(search: string): number {
    return this.last.get(search) ?? 0;
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await Promise.all(this.readers);
  }

  private async events(): Promise<void> {
    for await (const { data } of this.bus.replay({ signal: this.abort.signal })) this.note(data.search);
  }

  private async progress(): Promise<void> {
    for await (const { search } of this.bus.onProgress({ signal: this.abort.signal })) this.note(search);
  }

  private note(search: string): void {
    this.last.set(search, performance.now());
  }

  /** Reading ends when the server goes away for long: begin again. */
  private async keep(read: () => Promise<void>): Promise<void> {
    while (!this.abort.signal.aborted) {
      await read().catch(() => undefined);
      await delay(100);
    }
  }
}
