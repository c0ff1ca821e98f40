import type { Device, MeasureOptions } from '@nse/devices';
import { type Measurement, NOTHING_YET, type PartialTable } from './partial.js';
import { type Call, SideBySide, type Task } from './side-by-side.js';

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
  /** One graph that is measured with all others, in every call. */
  readonly control: Task;
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

/**
 * The interval of a single time may be so many times as wide as it is asked for, of so many times fewer runs: what calls differ by is more
 * than what a call leaves open, so more calls tell more than a narrower interval in each.
 */
const LOOSER = 2;
const FEWER = 8;

function looser(options: MeasureOptions): MeasureOptions {
  const { within, minRuns, maxRuns } = options;
  return {
    ...options,
    within: LOOSER * within,
    minRuns: Math.ceil(minRuns / FEWER),
    maxRuns: Math.ceil(maxRuns / FEWER),
  };
}

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
    const { device, options, control, signal, known = NOTHING_YET } = settings;
    this.partial = {
      control: [...known.control],
      parts: { ...known.parts },
      architectures: { ...known.architectures },
    };
    this.device = new SideBySide(device, looser(options), control, signal);
  }

  /** Measures those that were not measured before. Raises what the device raises, naming what was being measured. */
  async all(kind: 'parts' | 'architectures', wanted: readonly Open[]): Promise<void> {
    const found = this.partial[kind];
    const open = wanted.filter(({ key }) => found[key] === undefined);
    this.done += wanted.length - open.length;
    for (let next = 0; next < open.length; next += AT_ONCE) {
      const some = open.slice(next, next + AT_ONCE);
      const tasks = some.map(({ task }) => task());
      await this.tell(tasks[0]?.what ?? '');
      this.keep(await this.device.measure(tasks), some, found);
      this.done += some.length;
      this.measured += some.length;
      await this.settings.save(structuredClone(this.partial));
    }
  }

  private keep(calls: readonly Call[], some: readonly Open[], found: Record<string, Measurement>): void {
    const { control } = this.partial;
    const measured = calls.flatMap(({ controlMs, timed }) => {
      const call = control.push(controlMs) - 1;
      return timed.map((each): Measurement => ({ ...each, call }));
    });
    some.forEach(({ key }, index) => {
      const measurement = measured[index];
      if (measurement !== undefined) found[key] = measurement;
    });
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
