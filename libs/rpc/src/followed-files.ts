import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Logger } from '@nse/telemetry';

const lookEveryMs = 5_000;

export interface FollowOptions {
  /** Told of changes, and of what cannot be read. */
  readonly log?: Logger | undefined;
  /** How often to look for a change, in ms; 5,000 unless given. */
  readonly everyMs?: number | undefined;
}

/**
 * What files hold, read again while somebody listens. Looking at the content finds every kind of change, also that of a
 * Secret's volume, which changes a link above the files. What cannot be read or parsed leaves the last good value.
 */
export class FollowedFiles<T> {
  private bytes: readonly Buffer[];
  private value: T;
  private readonly listeners = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private failures = 0;

  /** Reads at once; raises what reading or `parse` raises. */
  constructor(
    private readonly paths: readonly string[],
    private readonly parse: (contents: readonly Buffer[]) => T,
    private readonly options: FollowOptions = {},
  ) {
    this.bytes = paths.map((path) => readFileSync(path));
    this.value = parse(this.bytes);
  }

  get current(): T {
    return this.value;
  }

  /** Calls the listener after each change; the result ends that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    // Files are no reason to keep a process.
    this.timer ??= setInterval(() => void this.look(), this.options.everyMs ?? lookEveryMs).unref();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const bytes = await Promise.all(this.paths.map((path) => readFile(path)));
      const same = bytes.every((content, index) => this.bytes[index]?.equals(content));
      if (!same) this.value = this.parse(bytes);
      this.bytes = bytes;
      this.failures = 0;
      if (same) return;
      this.options.log?.info({ files: this.paths }, 'the files have changed and are taken up');
      for (const listener of [...this.listeners]) listener();
    } catch (err) {
      this.failures += 1;
      // Not at the first time: files that are swapped while they are read belong together at the next look.
      if (this.failures === 2)
        this.options.log?.error({ files: this.paths, err }, 'the files are of no use; what they held counts');
    } finally {
      this.looking = false;
    }
  }
}
