import type { Stage } from '@nse/messaging';
import { type EvaluationsFound, runEvaluations } from './evaluations.js';
import { type MemoryUse, MemoryWatch } from './memory.js';
import type { Expected, ReceivedCounts, SubscribersMessage } from './messages.js';
import { ROUNDS, runSearches, type SearchesFound } from './searches.js';
import { LoadedSystem } from './system.js';
import { type Quantiles, quantiles, waits } from './waits.js';

/** How much load there is. */
export interface Load {
  readonly searches: number;
  /** Architectures that a search scores in a round. */
  readonly architectures: number;
  readonly evaluations: number;
  readonly scorers: number;
  readonly subscribers: number;
}

export interface Found {
  readonly load: Load;
  readonly searches: SearchesFound;
  readonly evaluations: EvaluationsFound;
  readonly received: ReceivedCounts;
  readonly publishMs: Quantiles;
  /** From a stage's event to the stage's beginning. */
  readonly waitMs: Readonly<Partial<Record<Stage | 'all', Quantiles>>>;
  readonly memory: readonly MemoryUse[];
  /** Processes that ended by themselves. */
  readonly deaths: readonly string[];
}

/** One in so many subscribers reads the stream; the others are core ones. */
const STREAM_READERS = 10;
const RECEIVED_WITHIN_MS = 60_000;

/** Puts the whole load on a system of its own, in one run, and says what came of it. Nothing is left running. */
export async function runLoad(load: Load, note: (text: string) => void): Promise<Found> {
  const system = await LoadedSystem.start();
  try {
    const readers = Math.ceil(load.subscribers / STREAM_READERS);
    const args = [system.nats.url, String(load.subscribers - readers), String(readers)];
    note(`${load.subscribers} subscribers`);
    const subscribers = await system.launch('subscribers', 'subscribers', args);
    const memory = new MemoryWatch(() => system.pids());

    note(`${load.searches} searches at once`);
    const ids = Array.from({ length: load.searches }, (_, index) => `load-${index}`);
    const client = system.client();
    const searches = await runSearches(client, system.bus, ids, load.architectures);
    client.close();
    const waitMs = await waits(system.bus, system.started);

    note(`${load.evaluations} evaluations by ${load.scorers} scorers`);
    const evaluations = await runEvaluations(system.bus, load.evaluations, async (task) => {
      await system.launch('scorers', 'scorers', [system.nats.url, task, String(load.scorers)]);
    });
    const received = await receivedBy(subscribers, ids);
    return {
      load,
      searches,
      evaluations,
      received,
      publishMs: quantiles(system.published),
      waitMs: Object.fromEntries(
        [...waitMs, ['all', [...waitMs.values()].flat()] as const].map(([stage, ms]) => [
          stage,
          quantiles(ms),
        ]),
      ),
      memory: memory.stop(),
      deaths: system.deaths(),
    };
  } finally {
    await system.stop();
  }
}

/** Asks until each has all, as deliveries may be under way; after a while the answer is taken as it is. */
async function receivedBy(
  subscribers: Awaited<ReturnType<LoadedSystem['launch']>>,
  ids: readonly string[],
): Promise<ReceivedCounts> {
  const expected: Expected = {
    ids: ids.flatMap((id) =>
      Array.from({ length: ROUNDS }, (_, round) => `${id}/${round + 1}/round.completed`),
    ),
  };
  const deadline = performance.now() + RECEIVED_WITHIN_MS;
  for (;;) {
    const answer = subscribers.next<Extract<SubscribersMessage, { kind: 'received' }>>('received');
    subscribers.send(expected);
    const { subscribers: all, exact, missing, surplus } = await answer;
    if (missing === 0 || performance.now() > deadline) return { subscribers: all, exact, missing, surplus };
  }
}
