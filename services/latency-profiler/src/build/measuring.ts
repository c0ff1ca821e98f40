import type { Device, MeasureOptions } from '@nse/devices';
import { NOTHING_YET, type PartialTable } from './partial.js';
import { SideBySide, type Task } from './side-by-side.js';

export interface Progress {
  /** Parts and architectures. */
  readonly done: number;
  readonly total: number;
  /** What is measured now, in words. */
  readonly what: string;
  /** By the pace so far; absent before there is one. */
  readonly secondsLeft?: number;
}

/** What a build measures, and where it tells of it. */
interface Settings {
  readonly device: Device;
  readonly options: MeasureOptions;
  readonly known?: PartialTable;
  readonly onProgress: (progress: Progress) => void | Promise<void>;
  readonly save: (partial: PartialTable) => Promise<void>;
  readonly signal: AbortSignal;
}

/** One thing to measure, by its key; it is made ready when its turn comes. */
export interface Open {
  readonly key: string;
  readonly task: () => Task;
}

/**
 * Measured in one call: few enough that little is lost where the device goes away, and a call's own time is shared. As many wherever
 * whole architectures are measured: models that run in turn take caches from one another, so fewer at once would be quicker than
 * their table says.
 */
export const AT_ONCE = 6;

/** Measures each thing once over all tries of a build, tells how far it is, and keeps what it has after each call. */
export class Measuring {
  readonly partial: PartialTable;
  private readonly device: SideBySide;
  private readonly began = performance.now();
  private done = 0;
  private measured = 0;

  constructor(
    private readonly settings: Settings,
    private readonly total: number,
  ) {
    const { device, options, signal, known = NOTHING_YET } = settings;
    this.partial = { parts: { ...known.parts }, architectures: { ...known.architectures } };
    this.device = new SideBySide(device, options, signal);
  }

  /** Measures those that were not measured before. Raises what the device raises, naming what was being measured. */
  async all(kind: keyof PartialTable, wanted: readonly Open[]): Promise<void> {
    const found = this.partial[kind];
    const open = wanted.filter(({ key }) => found[key] === undefined);
    this.done += wanted.length - open.length;
    for (let next = 0; next < open.length; next += AT_ONCE) {
      const some = open.slice(next, next + AT_ONCE);
      const tasks = some.map(({ task }) => task());
      await this.tell(tasks[0]?.what ?? '');
      const measured = await this.device.measure(tasks);
      some.forEach(({ key }, index) => {
        const measurement = measured[index];
        if (measurement !== undefined) found[key] = measurement;
      });
      this.done += some.length;
      this.measured += some.length;
      await this.settings.save(structuredClone(this.partial));
    }
  }

  /** Fewer architectures than asked for may be all that there are. */
  async finished(): Promise<void> {
    this.done = this.total;
    await this.tell('');
  }

  private async tell(what: string): Promise<void> {
    const { done, total, measured } = this;
    const pace = (performance.now() - this.began) / 1_000 / measured;
    const secondsLeft = measured === 0 ? {} : { secondsLeft: pace * (total - done) };
    await this.settings.onProgress({ done, total, what, ...secondsLeft });
  }
}
