import type { Bus } from '@nse/messaging';
import { type Client, toStruct } from '@nse/rpc';
import { NseError } from '@nse/space';
import { parseSpec, type SearchSpec } from '@nse/spec';

export const ROUNDS = 2;

/** A search of four narrow cells: what is measured is the way between the stages, not the stages. */
export function tinySearch(seed: number, architectures: number): SearchSpec {
  return parseSpec({
    name: 'load',
    seed,
    dataset: { kind: 'fashion-mnist' },
    network: {
      plan: 'NR',
      depths: [0, 1, 0, 1, 0],
      widths: [8, 8, 16, 16, 24],
      stemStride: 2,
      tailChannels: 32,
    },
    rounds: ROUNDS,
    constraint: { macs: { target: 0.35e6, drift: 0.1e6 } },
    evaluate: { architectures, extra: 2, workers: 1 },
  });
}

export interface SearchesFound {
  readonly searches: number;
  readonly succeeded: number;
  /** Searches of which an event is missing, or stored twice. */
  readonly faulty: readonly string[];
  /** Architectures whose scores the services reported. */
  readonly scored: number;
  readonly seconds: number;
}

/** Creates the searches at once, watches each to its end, and checks what the stream holds of them. */
export async function runSearches(
  client: Client<'SpaceManager'>,
  bus: Bus,
  ids: readonly string[],
  architectures: number,
): Promise<SearchesFound> {
  const began = performance.now();
  const phases = await Promise.all(
    ids.map(async (search, index) => {
      await client.createSearch({ search, spec: toStruct(tinySearch(index, architectures)) });
      return await finalPhase(client, search);
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  const faulty: string[] = [];
  let scored = 0;
  for (const search of ids) {
    const stored: string[] = [];
    for await (const event of bus.replay({ search, follow: false })) {
      stored.push(event.id);
      if (event.type === 'fitness.evaluated') scored += event.data.count;
    }
    if (!isComplete(search, stored)) faulty.push(search);
  }
  const succeeded = phases.filter((phase) => phase === 'SUCCEEDED').length;
  return { searches: ids.length, succeeded, faulty, scored, seconds };
}

const END = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED']);

async function finalPhase(client: Client<'SpaceManager'>, search: string): Promise<string> {
  for await (const { search: now } of client.watchSearch({ search }, { deadlineMs: 600_000 })) {
    if (now !== undefined && now !== null && END.has(now.phase)) return now.phase;
  }
  throw new NseError('INTERNAL', `the watch of ${search} ended before the search did`);
}

/** Whether these are the events of a whole search, each once. */
export function isComplete(search: string, stored: readonly string[]): boolean {
  const ofRound = ['round.prepared', 'supernet.trained', 'fitness.evaluated', 'round.completed'];
  const expected = [
    `${search}/0/search.created`,
    ...Array.from({ length: ROUNDS }, (_, round) =>
      ofRound.map((type) => `${search}/${round + 1}/${type}`),
    ).flat(),
    `${search}/0/search.completed`,
    `${search}/0/retrain.completed`,
  ];
  return [...stored].sort().join() === expected.sort().join();
}
