import { type Bus, connectBus, type EventMap, newEvent, startNatsServer } from '@nse/messaging';
import { type Client, createClient, startServer } from '@nse/rpc';
import { searchesBucket } from '@nse/service';
import { macroNetwork } from '@nse/space';
import { parseSpec, type SearchSpec } from '@nse/spec';
import { logger } from '@nse/telemetry';
import { fitnessEvaluator } from '../service.js';

const written = {
  name: 'evaluation',
  dataset: { kind: 'fashion-mnist' },
  network: { plan: 'NR', depths: [1, 1, 0, 0, 0], widths: [8, 8, 16, 24, 32], tailChannels: 64 },
  constraint: { macs: { target: 1.2e6, drift: 0.2e6 } },
  evaluate: { architectures: 30, extra: 5 },
};

/** The spec of the tests' searches, with some fields in place of its own. */
export const specWith = (changes: object): SearchSpec => parseSpec({ ...written, ...changes });

export const spec = specWith({});

export const subsets = macroNetwork(spec.network).cells.map(() => [0, 3, 6, 9, 22]);

const log = logger('tests', { write: () => undefined });
const artifact = { name: 'x', bytes: 1, sha256: '0' };

/** A NATS server and the gRPC side of the fitness-evaluator; what else of a search there is, a test says. */
export interface Evaluator {
  readonly bus: Bus;
  readonly client: Client<'FitnessEvaluator'>;
  /** A connection of its own, for a test that stops what works through it. */
  connect(): Promise<Bus>;
  stop(): Promise<void>;
}

export async function startEvaluator(): Promise<Evaluator> {
  const nats = await startNatsServer();
  const connect = () => connectBus({ url: nats.url, name: 'fitness-evaluator', log });
  const bus = await connect();
  const implementations = { FitnessEvaluator: fitnessEvaluator(bus) };
  const server = await startServer({ name: 'tests', address: '127.0.0.1:0', implementations, log });
  const client = createClient('FitnessEvaluator', server.address);
  return {
    bus,
    client,
    connect,
    stop: async () => {
      client.close();
      await server.stop();
      await bus.close();
      await nats.stop();
    },
  };
}

/** Notes the search as the space-manager does. */
export async function createSearch(bus: Bus, search: string): Promise<void> {
  const searches = await bus.states(searchesBucket, (value) => value);
  await searches.create(search, { phase: 'RUNNING' });
  await bus.publish(newEvent('search.created', { search, name: spec.name, rounds: 2, spec }, 'tests'));
}

/** The event of a trained round. */
export function trained(search: string, round = 1): EventMap['supernet.trained'] {
  return {
    search,
    round,
    rounds: 2,
    spec,
    weights: { ...artifact, sha256: String(round) },
    subsets,
    logits: subsets.map((subset) => subset.map(() => 0)),
    pruned: subsets.map(() => []),
    oldFront: [],
    curve: artifact,
    carried: artifact,
    seconds: 12,
  };
}

/** A search with a trained round. */
export async function createTrained(bus: Bus, search: string, round = 1): Promise<void> {
  await createSearch(bus, search);
  await bus.publish(newEvent('supernet.trained', trained(search, round), 'tests'));
}
