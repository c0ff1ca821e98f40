import type { Device, Measured, MeasureOptions } from '@nse/devices';
import type { Graph } from '@nse/export';
import { NseError } from '@nse/space';
import { modelFile } from './models.js';
import type { Timed } from './partial.js';

/** The 95 % interval of a median spans so many standard errors on either side. */
export const INTERVAL_ERRORS = 1.96;

/** One thing to measure. */
export interface Task {
  /** In words. */
  readonly what: string;
  /** One graph, whose time it is; or pairs of two, in each of which the difference of the times holds it `times` times. */
  readonly graphs: readonly Graph[];
  readonly times: number;
}

/** What one call measured. */
export interface Call {
  readonly controlMs: number;
  /** In the order of the tasks. */
  readonly timed: readonly Timed[];
}

/** Measures things of one build, a few in a call, each call with the build's control. */
export class SideBySide {
  /** @param control of one graph, the same for the whole build: by what it takes, calls are compared */
  constructor(
    private readonly device: Device,
    private readonly options: MeasureOptions,
    private readonly control: Task,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * The times, in one call or, where the device refuses one of them, in a call for each. All graphs of a call are measured side by side, so what disturbs one disturbs the others, and the control.
   * Raises what the device raises, with what was being measured; where the device cannot run a model, with the one it is of.
   */
  async measure(tasks: readonly Task[]): Promise<readonly Call[]> {
    try {
      return [await this.besideControl(tasks)];
    } catch (error) {
      if (!(error instanceof NseError && error.code === 'FAILED_PRECONDITION') || tasks.length === 1)
        throw error;
      await this.timed([this.control]);
      const alone: Call[] = [];
      for (const task of tasks) alone.push(await this.besideControl([task]));
      return alone;
    }
  }

  private async besideControl(tasks: readonly Task[]): Promise<Call> {
    const [control, ...timed] = await this.timed([this.control, ...tasks], tasks);
    if (control === undefined) throw new NseError('INTERNAL', "a build's control was not measured");
    return { controlMs: control.ms, timed };
  }

  /** @param blamed are named where the device raises something */
  private async timed(tasks: readonly Task[], blamed = tasks): Promise<readonly Timed[]> {
    const { id, format } = this.device.facts;
    const models = tasks.flatMap((task) => task.graphs.map((graph) => modelFile(graph, format)));
    const { maxSeconds } = this.options;
    const options = { ...this.options, maxSeconds: maxSeconds * models.length };
    try {
      const measured = await this.device.measure(models, options, this.signal);
      if (measured.length !== models.length)
        throw new NseError('INTERNAL', `got ${measured.length} times of ${models.length} models`);
      let next = 0;
      return tasks.map(({ graphs: { length }, times }) =>
        timeOf(measured.slice(next, (next += length)), times),
      );
    } catch (cause) {
      const { code, message, reason, retryable } = NseError.from(cause);
      const what = blamed.map((task) => task.what).join('; ');
      const details = { retryable, cause, ...(reason === undefined ? {} : { reason }) };
      throw new NseError(code, `measuring ${what} on ${id}: ${message}`, details);
    }
  }
}

function timeOf(measured: readonly Measured[], times: number): Timed {
  const medians = measured.map(({ medianMs }) => medianMs);
  const sum = (list: readonly number[]) => list.reduce((total, ms) => total + ms, 0);
  // Of a single graph there is no other to take off.
  const later = medians.length === 1 ? medians : medians.filter((_, place) => place % 2 === 1);
  const earlier = medians.length === 1 ? [] : medians.filter((_, place) => place % 2 === 0);
  const share = times * later.length;
  return {
    ms: (sum(later) - sum(earlier)) / share,
    errorMs: Math.hypot(...measured.map(errorOf)) / share,
    runs: measured.reduce((total, { runs }) => total + runs, 0),
  };
}

/** The standard error that the interval stands for. */
const errorOf = ({ lowMs, highMs }: Measured): number => (highMs - lowMs) / (2 * INTERVAL_ERRORS);
