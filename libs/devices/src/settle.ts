import { checkNotStopped, type Clock } from './clock.js';
import type { Conditions, Measured, MeasureOptions } from './device.js';
import { fewestForInterval, isWithin, medianInterval } from './statistics.js';
import { Throttle, waitMs, type Sight, type ThrottleRules } from './throttle.js';

/** A device with models loaded and warm. */
export interface Bench {
  /**
   * Runs each of the models, given by their places, a few times, side by side; the times of each one's runs, in ms. Should take well
   * under a second, as it is repeated where the device was disturbed meanwhile.
   */
  block(models: readonly number[], signal: AbortSignal): Promise<readonly (readonly number[])[]>;
  look(signal: AbortSignal): Promise<Sight>;
}

export interface SettleOptions extends Pick<MeasureOptions, 'within' | 'minRuns' | 'maxRuns' | 'maxSeconds'> {
  readonly rules: ThrottleRules;
  readonly clock: Clock;
}

/** What one model's runs came to so far. */
interface Runs {
  readonly times: number[];
  settled: boolean;
}

/**
 * Repeats blocks of runs until the median of every model's times has settled, or a limit is reached. A block near which the device was
 * disturbed is dropped, waited for and repeated. Raises what the bench raises, and ABORTED where the signal stopped it.
 */
export async function settle(
  bench: Bench,
  models: number,
  options: SettleOptions,
  signal: AbortSignal,
): Promise<readonly Measured[]> {
  const { clock, rules } = options;
  const runs: Runs[] = Array.from({ length: models }, () => ({ times: [], settled: false }));
  const throttle = new Throttle(rules);
  let sight = await bench.look(signal);
  const before = sight.conditions;
  let disturbed = throttle.disturbance(sight) !== undefined;
  let waits = 0;
  let inRow = 0;
  let waitedMs = 0;
  let spentMs = 0;
  for (;;) {
    checkNotStopped(signal);
    const open = unfinished(runs, options.maxRuns);
    if (open.length === 0 || spentMs >= options.maxSeconds * 1_000) break;
    if (disturbed && waitedMs < rules.maxWaitMs) {
      waits++;
      inRow++;
      const ms = Math.min(waitMs(inRow, rules), rules.maxWaitMs - waitedMs);
      await clock.wait(ms, signal);
      waitedMs += ms;
      sight = await bench.look(signal);
      disturbed = throttle.disturbance(sight) !== undefined;
      continue;
    }
    const start = clock.now();
    const times = await bench.block(open, signal);
    sight = await bench.look(signal);
    disturbed = throttle.disturbance(sight) !== undefined;
    if (disturbed && waitedMs < rules.maxWaitMs) continue;
    inRow = 0;
    spentMs += clock.now() - start;
    open.forEach((model, place) => add(runs[model], times[place] ?? [], options));
  }
  return runs.map((each) => result(each, waits, before, sight.conditions));
}

function unfinished(runs: readonly Runs[], maxRuns: number): number[] {
  return runs.flatMap(({ settled, times }, model) => (settled || times.length >= maxRuns ? [] : [model]));
}

function add(runs: Runs | undefined, times: readonly number[], options: SettleOptions): void {
  if (runs === undefined) return;
  runs.times.push(...times);
  const enough = Math.max(options.minRuns, fewestForInterval);
  runs.settled = runs.times.length >= enough && isWithin(medianInterval(runs.times), options.within);
}

function result(runs: Runs, waits: number, before: Conditions, after: Conditions): Measured {
  const { median, low, high } = medianInterval(runs.times);
  const { settled } = runs;
  return {
    medianMs: median,
    lowMs: low,
    highMs: high,
    runs: runs.times.length,
    settled,
    waits,
    before,
    after,
  };
}
