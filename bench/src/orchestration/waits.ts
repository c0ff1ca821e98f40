import type { Bus, EventType, Stage } from '@nse/messaging';

/** Which event each stage waits for. */
const causes = [
  ['train', 'round.prepared'],
  ['evaluate', 'supernet.trained'],
  ['retrain', 'search.completed'],
] as const satisfies readonly (readonly [Stage, EventType])[];

interface Start {
  readonly search: string;
  readonly stage: Stage;
  readonly round: number;
  readonly at: number;
}

/** By stage, the ms from its event to its beginning. Both times are of this machine's clock. */
export async function waits(bus: Bus, starts: readonly Start[]): Promise<Map<Stage, number[]>> {
  const first = new Map<string, number>();
  for (const { search, stage, round, at } of starts) {
    const key = `${search}/${stage}/${round}`;
    first.set(key, Math.min(at, first.get(key) ?? Infinity));
  }
  const found = new Map<Stage, number[]>();
  for (const [stage, type] of causes) {
    const taken: number[] = [];
    for await (const event of bus.replay({ types: [type], follow: false })) {
      const round = 'round' in event.data ? event.data.round : 0;
      const at = first.get(`${event.data.search}/${stage}/${round}`);
      if (at !== undefined) taken.push(at - Date.parse(event.time));
    }
    found.set(stage, taken);
  }
  return found;
}

export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Of a sample in any order; NaN for an empty one. */
export function quantiles(sample: readonly number[]): Quantiles {
  const sorted = [...sample].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}
