import type { Logger } from '@nse/telemetry';

const parallel = 4;
const firstPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * Does the same work for many keys: for one key never twice at once, for a few keys side by side. A key that is added while its
 * work runs gets it once more afterwards. Work that fails is done again, after pauses that grow.
 */
export class KeyedQueue {
  private readonly waiting = new Set<string>();
  private readonly running = new Set<string>();
  private readonly failures = new Map<string, number>();

  constructor(
    private readonly work: (key: string) => Promise<void>,
    private readonly log: Logger,
    private readonly signal: AbortSignal,
  ) {}

  add(key: string): void {
    if (this.signal.aborted) return;
    this.waiting.add(key);
    this.begin();
  }

  private begin(): void {
    for (const key of this.waiting) {
      if (this.running.size >= parallel) return;
      if (this.running.has(key)) continue;
      this.waiting.delete(key);
      void this.run(key);
    }
  }

  private async run(key: string): Promise<void> {
    this.running.add(key);
    try {
      await this.work(key);
      this.failures.delete(key);
    } catch (error) {
      const tries = this.failures.get(key) ?? 0;
      this.failures.set(key, tries + 1);
      this.log.warn({ err: error, key }, 'work failed; trying again');
      setTimeout(() => this.add(key), Math.min(firstPauseMs * 2 ** tries, longestPauseMs)).unref();
    } finally {
      this.running.delete(key);
    }
    this.begin();
  }
}
