import type { Bus, States } from '@nse/messaging';
import type { NatsConnection } from 'nats';
import { doublePrefix, type LoggedEvent, readLog } from './event-log.js';

export type Json = Readonly<Record<string, unknown>>;

/** All that a search left behind: what the validators judge. */
export interface Evidence {
  readonly search: string;
  readonly rounds: number;
  /** Without the messages that the campaign itself doubled. */
  readonly log: readonly LoggedEvent[];
  /** The entry of NSE_SEARCHES. */
  readonly state: Json;
  /** NSE_ROUNDS by key. */
  readonly records: Readonly<Record<string, Json>>;
  /** NSE_RUNS by key, `<task>.<replica>`. */
  readonly runs: Readonly<Record<string, Json>>;
  /** Keys of chunks and scores that are still in the work queue's bucket. */
  readonly work: readonly string[];
  /** Stored objects by name. */
  readonly artifacts: readonly string[];
}

/** Reads what the search left. */
export async function gather(bus: Bus, nats: NatsConnection, search: string): Promise<Evidence> {
  const open = (bucket: string) => bus.states<Json>(bucket, (value) => value as Json);
  const state = (await (await open('NSE_SEARCHES')).get(search))?.value;
  if (state === undefined) throw new Error(`search ${search} has no state`);
  const runs = await entries(await open('NSE_RUNS'), '>');
  const work = await (await open('NSE_WORK_RESULTS')).keys();
  const log = await readLog(nats, search);
  const { rounds } = state['spec'] as { rounds: number };
  return {
    search,
    rounds,
    log: log.filter(({ messageId }) => !messageId.startsWith(doublePrefix)),
    state,
    records: await entries(await open('NSE_ROUNDS'), `${search}.*`),
    runs: Object.fromEntries(Object.entries(runs).filter(([key]) => key.startsWith(`${search}-`))),
    work: work.filter((key) => key.startsWith(`${search}-`)),
    artifacts: await bus.artifacts.names(`${search}-`),
  };
}

async function entries(states: States<Json>, filter: string): Promise<Record<string, Json>> {
  const found: Record<string, Json> = {};
  for (const key of (await states.keys(filter)).sort()) {
    const entry = await states.get(key);
    if (entry !== undefined) found[key] = entry.value;
  }
  return found;
}

/** Fields that two runs of one search may differ in: times, how often it was halted or started, who took which chunk. */
const incidental = new Set([
  'createdAt',
  'updatedAt',
  'seconds',
  'peakMemoryBytes',
  'trainSeconds',
  'resumed',
  'resumes',
  'attempt',
  'owner',
  'failure',
  'chunks',
]);

/** What the search found, by whatever way it came there: everything but its name and what is incidental. */
export function outcomeOf({ search, state, records, runs, log }: Evidence): Json {
  const results = Object.entries(runs).map(([key, run]) => [key, { result: run['result'] }]);
  const halts = /^search\.(paused|resumed)$|^task\.failed$|^search\.failed$/;
  const events = log.filter(({ type }) => !halts.test(type)).map(({ id, data }) => ({ id, data }));
  const all = { state, records, results: Object.fromEntries(results) as Json, events };
  const renamed = JSON.stringify(all, (key, value: unknown) => (incidental.has(key) ? undefined : value));
  return JSON.parse(renamed.replaceAll(search, 'SEARCH')) as Json;
}
