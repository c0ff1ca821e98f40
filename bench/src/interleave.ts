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

/** Which steps or architectures a measurement has. */
export interface Part {
  readonly from: number;
  readonly count: number;
}

export interface Plan {
  readonly measure: Measure;
  readonly repeats: number;
  readonly clock: Clock;
  /** What that contestant does in its n-th measurement; number 0 warms up, and all begin with the same steps. */
  readonly part: (contestant: string, measurement: number) => Part;
}

/** Threads of the one before still spin for a moment. */
const SETTLE_MS = 30;

/**
 * Measures the contestants one after the other, `repeats` times, so that whatever else the machine does falls on all of
 * them alike. Who begins changes from repeat to repeat. Before that each warms up, and the losses must agree.
 */
export async function interleave(contestants: readonly Contestant[], plan: Plan): Promise<Measured> {
  const lossGap = await warmUp(contestants, plan);
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let repeat = 0; repeat < plan.repeats; repeat++) {
    const first = repeat % contestants.length;
    for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      await pause(SETTLE_MS);
      const part = plan.part(contestant.name, repeat + 1);
      const answer = await contestant.ask({ measure: plan.measure, ...part });
      const seconds = plan.clock === 'cpu' ? answer.cpuSeconds : answer.seconds;
      times.get(contestant.name)?.push(seconds / part.count);
    }
  }
  return { times, lossGap };
}

async function warmUp(contestants: readonly Contestant[], { measure, part }: Plan): Promise<number> {
  const answers = new Map<string, readonly number[]>();
  for (const contestant of contestants) {
    const { losses } = await contestant.ask({ measure, ...part(contestant.name, 0) });
    answers.set(contestant.name, losses);
  }
  const common = Math.min(...[...answers.values()].map((losses) => losses.length));
  return agreement(measure, new Map([...answers].map(([name, losses]) => [name, losses.slice(0, common)])));
}
