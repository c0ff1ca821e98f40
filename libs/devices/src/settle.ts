import { checkNotStopped, type Clock } from './clock.js';
import type { Conditions, Measured, MeasureOptions } from './device.js';
import { fewestForInterval, isWithin, medianInterval } from './statistics.js';
import { Throttle, waitMs, type Sight, type ThrottleRules } from './throttle.js';

/** A device with models loaded and warm. */
export interface Bench {
  /**
   * Runs each of the models, given by their places, a few times, side by side; the times of each one's runs, in ms. Should take well
   * under a second, as it is repeated where the device was disturbed meanwhile. A bench that sees that single models were disturbed
   * gives no times of these, unless they are wanted `anyway`.
   */
  block(
    models: readonly number[],
    anyway: boolean,
    signal: AbortSignal,
  ): Promise<readonly (readonly number[])[]>;
  look(signal: AbortSignal): Promise<Sight>;
}

export interface SettleOptions extends Pick<MeasureOptions, 'within' | 'minRuns' | 'maxRuns' | 'maxSeconds'> {
  readonly rules: ThrottleRules;
  readonly clock: Clock;
}

/** With this share of the runs asked for, a model is left at them where the device stays disturbed: more would be of another state of it. */
const leftAt = 1 / 4;

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
  const { clock, maxSeconds } = options;
  const times = Array.from({ length: models }, (): number[] => []);
  const watch = new Watch(bench, options);
  const before = await watch.look(signal);
  let spentMs = 0;
  let left: readonly number[] | undefined;
  const open = () => unsettled(times, options).filter((model) => left?.includes(model) !== true);
  for (let models = open(); models.length > 0; models = open()) {
    await watch.waitUntilCalm(signal);
    if (watch.gaveUp && left === undefined) {
      left = withCalmRuns(times, options);
      models = open();
      if (models.length === 0) break;
    }
    const isLate = spentMs >= maxSeconds * 1_000;
    const start = clock.now();
    const block = await bench.block(models, isLate || watch.gaveUp, signal);
    await watch.look(signal);
    if (watch.mustWait) continue;
    spentMs += clock.now() - start;
    models.forEach((model, place) => times[model]?.push(...(block[place] ?? [])));
    if (spentMs >= maxSeconds * 1_000 && times.every(({ length }) => length > 0)) break;
  }
  const { waits, conditions: after } = watch;
  return times.map((each) => {
    const interval = medianInterval(each);
    const { median: medianMs, low: lowMs, high: highMs } = interval;
    const settled = hasSettled(each, options);
    return { medianMs, lowMs, highMs, runs: each.length, settled, waits, before, after };
  });
}

/** The models that need more runs, and may have them. */
function unsettled(times: readonly (readonly number[])[], options: SettleOptions): number[] {
  return times.flatMap((each, model) =>
    each.length >= options.maxRuns || hasSettled(each, options) ? [] : [model],
  );
}

function withCalmRuns(times: readonly (readonly number[])[], { minRuns }: SettleOptions): number[] {
  const enough = Math.max(fewestForInterval, leftAt * minRuns);
  return times.flatMap(({ length }, model) => (length >= enough ? [model] : []));
}

function hasSettled(times: readonly number[], { minRuns, within }: SettleOptions): boolean {
  return times.length >= Math.max(minRuns, fewestForInterval) && isWithin(medianInterval(times), within);
}

/** Looks at the device between blocks, and waits for it as long as the rules have it. */
class Watch {
  /** How many times it was waited for. */
  waits = 0;
  conditions: Conditions = {};
  private readonly throttle: Throttle;
  private disturbed = false;
  private inRow = 0;
  private leftMs: number;

  constructor(
    private readonly bench: Bench,
    private readonly options: SettleOptions,
  ) {
    this.throttle = new Throttle(options.rules);
    this.leftMs = options.rules.maxWaitMs;
  }

  async look(signal: AbortSignal): Promise<Conditions> {
    checkNotStopped(signal);
    const sight = await this.bench.look(signal);
    this.disturbed = this.throttle.disturbance(sight) !== undefined;
    this.conditions = sight.conditions;
    return sight.conditions;
  }

  /** The device is disturbed, and was waited for long enough. */
  get gaveUp(): boolean {
    return this.disturbed && this.leftMs <= 0;
  }

  /** What was just timed does not count. Once all patience is spent, it does: it is how the device is. */
  get mustWait(): boolean {
    if (!this.disturbed) this.inRow = 0;
    return this.disturbed && this.leftMs > 0;
  }

  async waitUntilCalm(signal: AbortSignal): Promise<void> {
    const { rules, clock } = this.options;
    while (this.mustWait) {
      this.waits++;
      this.inRow++;
      const ms = Math.min(waitMs(this.inRow, rules), this.leftMs);
      this.leftMs -= ms;
      await clock.wait(ms, signal);
      await this.look(signal);
    }
  }
}
