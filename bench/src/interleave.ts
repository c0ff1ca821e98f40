import { setTimeout as pause } from 'node:timers/promises';
import { agreement } from './agreement.js';
import { type Contestant } from './contestant.js';
import { type Clock, type Measure } from './measure.js';

/** Seconds for one step or architecture, repeat by repeat, by contestant. */
export type Times = ReadonlyMap<string, readonly number[]>;

export interface Measured {
  readonly times: Times;
  /** Largest relative difference of the losses that were computed from the same weights. */
  readonly lossGap: number;
}

export interface Plan {
  readonly measure: Measure;
  readonly repeats: number;
  /** Steps or architectures in each measurement. */
  readonly lap: number;
  readonly clock: Clock;
}

/** Threads of the one before still spin for a moment. */
const SETTLE_MS = 30;

/**
 * Measures the contestants one after the other, `repeats` times, so that whatever else the machine does falls on all of
 * them alike. The first lap warms up, and its losses must agree. Who begins changes from repeat to repeat.
 */
export async function interleave(contestants: readonly Contestant[], plan: Plan): Promise<Measured> {
  const { measure, repeats, lap, clock } = plan;
  const losses = new Map<string, readonly number[]>();
  for (const contestant of contestants) {
    losses.set(contestant.name, (await contestant.ask({ measure, from: 0, count: lap })).losses);
  }
  const lossGap = agreement(measure, losses);
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let repeat = 0; repeat < repeats; repeat++) {
    const first = repeat % contestants.length;
    for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      await pause(SETTLE_MS);
      const answer = await contestant.ask({ measure, from: (repeat + 1) * lap, count: lap });
      const seconds = clock === 'cpu' ? answer.cpuSeconds : answer.seconds;
      times.get(contestant.name)?.push(seconds / lap);
    }
  }
  return { times, lossGap };
}
