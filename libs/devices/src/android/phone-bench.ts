import type { MeasureOptions } from '../device.js';
import type { Bench, SettleOptions } from '../settle.js';
import { fewestForInterval } from '../statistics.js';
import type { Sight } from '../throttle.js';
import { callBenchmark } from './benchmark.js';
import { conditionsScript, parseConditions } from './conditions.js';
import type { DeviceFolder } from './folder.js';

/** Long enough for the clock to tell a short model's runs, short enough to be repeated. */
const CALL_MS = 200;

/** Calls after the first begin soon after another: the clocks are up. */
const LATER_WARMUP = 0.25;

/** A model on the phone. */
interface Loaded {
  readonly path: string;
  /** Timed runs of one call. */
  readonly runs: number;
  /** Milliseconds: the quickest call so far. */
  quickest: number;
}

/** Each call of benchmark_model gives one time: the median or average of some runs. What settles is the median of these. */
export class PhoneBench implements Bench {
  private timed = 0;
  private slowdown: number | undefined;

  private constructor(
    private readonly folder: DeviceFolder,
    private readonly program: string,
    private readonly models: readonly Loaded[],
    private readonly options: MeasureOptions,
    private readonly lasting: string | undefined,
  ) {}

  /** Runs every model once, warmed up, which tells whether the device can run it and how many runs a call should have. */
  static async warm(
    folder: DeviceFolder,
    program: string,
    paths: readonly string[],
    options: MeasureOptions,
    lasting: string | undefined,
    signal: AbortSignal,
  ): Promise<PhoneBench> {
    const models: Loaded[] = [];
    for (const model of paths) {
      const call = { program, model, runs: 1, warmupSeconds: options.warmupSeconds };
      const { ms } = await callBenchmark(folder, call, options, signal);
      models.push({ path: model, runs: runsOfCall(ms, paths.length, options), quickest: Infinity });
    }
    return new PhoneBench(folder, program, models, options, lasting);
  }

  /** Time spent in timed runs so far, in ms: what counts against `maxSeconds`. */
  get timedMs(): number {
    return this.timed;
  }

  /** The limits in calls rather than runs. */
  get limits(): Pick<SettleOptions, 'within' | 'minRuns' | 'maxRuns' | 'maxSeconds'> {
    const { within, minRuns, maxRuns, maxSeconds } = this.options;
    const runs = this.models.map((model) => model.runs);
    return {
      within,
      maxSeconds,
      minRuns: Math.max(fewestForInterval, Math.ceil(minRuns / Math.min(...runs))),
      maxRuns: Math.max(1, Math.floor(maxRuns / Math.max(...runs))),
    };
  }

  /** How many runs so many calls of a model were. */
  runsOf(model: number, calls: number): number {
    return calls * (this.models[model]?.runs ?? 0);
  }

  async block(places: readonly number[], _anyway: boolean, signal: AbortSignal): Promise<number[][]> {
    const times: number[][] = [];
    const ratios: number[] = [];
    for (const place of places) {
      const model = this.models[place];
      if (model === undefined) continue;
      const warmupSeconds = this.options.warmupSeconds * LATER_WARMUP;
      const call = { program: this.program, model: model.path, runs: model.runs, warmupSeconds };
      const { ms, timedMs } = await callBenchmark(this.folder, call, this.options, signal);
      this.timed += timedMs;
      model.quickest = Math.min(model.quickest, ms);
      ratios.push(ms / model.quickest);
      times.push([ms]);
    }
    this.slowdown = Math.min(...ratios);
    return times;
  }

  /**
   * The models themselves are the reference work: the device is slower where the last call of every one took longer than its quickest.
   * A limit that outlasted the waits of an earlier measurement belongs to the device.
   */
  async look(signal: AbortSignal): Promise<Sight> {
    const text = await this.folder.run(conditionsScript, 'reading its state', signal);
    const { conditions, limit } = parseConditions(text, this.options.pinned);
    const referenceMs = this.slowdown;
    // Told once: after a wait only a new call says more.
    this.slowdown = undefined;
    return {
      conditions,
      ...(limit === undefined || limit === this.lasting ? {} : { limit }),
      ...(referenceMs === undefined ? {} : { referenceMs }),
    };
  }
}

/** As many as fit into a call, and so few that calls enough for an interval fit into the limits. */
function runsOfCall(ms: number, models: number, { minRuns, maxRuns, maxSeconds }: MeasureOptions): number {
  const wanted = Math.max(Math.ceil(CALL_MS / ms), Math.ceil(minRuns / fewestForInterval));
  const most = Math.min(maxRuns, (maxSeconds * 1_000) / ms / models) / fewestForInterval;
  return Math.max(1, Math.min(wanted, Math.floor(most)));
}
