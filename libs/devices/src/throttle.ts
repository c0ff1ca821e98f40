import type { Conditions } from './device.js';

/** A look at the device between two blocks of runs. */
export interface Sight {
  readonly conditions: Conditions;
  /** How long a small fixed piece of work took just now, in ms; absent where the device cannot do one. */
  readonly referenceMs?: number;
  /** What the system itself says of its limits, such as `thermal status severe`; absent where it says that nothing holds it back. */
  readonly limit?: string;
}

export interface ThrottleRules {
  /** The reference work may take this share longer than the quickest of the measurement. */
  readonly slower: number;
  /** The clocks may fall by this share below the highest mean of the measurement. */
  readonly clockFall: number;
  /** Hotter than this is too hot, in degrees Celsius. */
  readonly maxTemperatureC: number;
  /** The first wait; each further one in a row takes twice as long. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** Of all waits of one measurement. What is left of a disturbance then is part of the device. */
  readonly maxWaitMs: number;
}

/**
 * Notices that a device got hot, was slowed down or has to share its cores, from looks at it between blocks of runs. It is one
 * measurement's: what is normal is the best that it saw.
 */
export class Throttle {
  private quickestMs = Infinity;
  private highestMhz = 0;

  constructor(private readonly rules: ThrottleRules) {}

  /** Why runs near this look do not count; undefined where they do. */
  disturbance(sight: Sight): string | undefined {
    const { clocksMhz, temperatureC } = sight.conditions;
    const mhz = mean(clocksMhz ?? []);
    this.quickestMs = Math.min(this.quickestMs, sight.referenceMs ?? Infinity);
    this.highestMhz = Math.max(this.highestMhz, mhz ?? 0);
    if (sight.limit !== undefined) return sight.limit;
    if (temperatureC !== undefined && temperatureC > this.rules.maxTemperatureC)
      return `hot: ${temperatureC} degrees Celsius`;
    if (mhz !== undefined && mhz < this.highestMhz * (1 - this.rules.clockFall))
      return `clocks fell from ${this.highestMhz} to ${mhz} MHz`;
    if (sight.referenceMs !== undefined && sight.referenceMs > this.quickestMs * (1 + this.rules.slower))
      return `slowed down: ${sight.referenceMs} ms for what took ${this.quickestMs} ms`;
    return undefined;
  }
}

/** How long to wait after so many disturbances in a row, from 1, in ms. */
export function waitMs(inRow: number, rules: ThrottleRules): number {
  return Math.min(rules.firstWaitMs * 2 ** (inRow - 1), rules.longestWaitMs);
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
