import type { NseEvent } from '@nse/messaging';
import type { ReplicatedSystem } from './system.js';

/** What two runs of one search may differ in: times, and who took which chunk. */
const incidental = new Set([
  'createTime',
  'updateTime',
  'seconds',
  'trainSeconds',
  'resumes',
  'time',
  'peakMemoryBytes',
]);
const halts = /search\.(paused|resumed)$/;

/** All that a search came to, as clients see it: state, every round, models with their curves, every event in its order. */
export async function outcomeOf(system: ReplicatedSystem, search: string): Promise<unknown> {
  const state = await system.call('SpaceManager', (client) => client.getSearch({ search }));
  const rounds = await Promise.all(
    Array.from({ length: state.rounds }, (_, index) =>
      system.call('SpaceManager', (client) => client.getRound({ search, round: index + 1 })),
    ),
  );
  const retraining = await system.call('Retrainer', (client) => client.getRetraining({ search }));
  const events = (await eventsOf(system, search)).filter(({ type }) => !halts.test(type));
  const found = JSON.stringify({ state, rounds, retraining, events }, (key, value: unknown) =>
    incidental.has(key) ? undefined : value,
  );
  return JSON.parse(found.replaceAll(search, 'SEARCH'));
}

/** Every stored event of the search, oldest first. */
export async function eventsOf(system: ReplicatedSystem, search: string): Promise<NseEvent[]> {
  const events: NseEvent[] = [];
  for await (const event of system.bus.replay({ search, follow: false })) events.push(event);
  return events;
}

/** What a durable consumer of all events gets from now on, each as often as it is handed to it. */
export async function subscriber(system: ReplicatedSystem): Promise<readonly string[]> {
  const received: string[] = [];
  await system.bus.consume({
    durable: 'subscriber',
    types: [
      'search.created',
      'round.prepared',
      'supernet.trained',
      'fitness.evaluated',
      'round.completed',
      'search.completed',
      'retrain.completed',
    ],
    givenUp: 'prepare',
    concurrency: 1,
    handler: ({ id }) => {
      received.push(id);
      return Promise.resolve();
    },
  });
  return received;
}
