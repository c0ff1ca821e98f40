import { setTimeout as delay } from 'node:timers/promises';
import { type Random, randomFrom } from '@nse/space';
import { expectedIds, tinySpec } from '@nse/testing';
import { eventsOf, outcomeOf, subscriber } from './outcome.js';
import { ReplicatedSystem } from './system.js';

const spec = tinySpec();

let system: ReplicatedSystem;
let undisturbed: unknown;
let received: readonly string[];

beforeAll(async () => {
  system = await ReplicatedSystem.start(1);
  received = await subscriber(system);
  await system.create('alone', spec);
  expect(await system.followed('alone')).toMatchObject({ phase: 'SUCCEEDED', failure: null });
  undisturbed = await outcomeOf(system, 'alone');
});

afterAll(async () => {
  await system.stop();
});

/** Enough to come by every stage; each costs up to 12 s, until the events of a killed process are handed out again. */
const mostKills = 8;

/** Kills a replica that chance picks after some progress, lets it lie for a while, and starts it again, until the signal aborts. */
async function killing(random: Random, signal: AbortSignal): Promise<string[]> {
  const killed: string[] = [];
  let until = 2;
  for await (const { step } of system.bus.onProgress({ signal })) {
    if (step === 0 || --until > 0) continue;
    const replica = system.replicas[random.below(system.replicas.length)];
    if (replica === undefined) throw new Error('there is no replica');
    await replica.kill();
    killed.push(replica.service);
    await delay(random.below(2_000));
    await replica.start();
    if (killed.length === mostKills) break;
    until = 2 + random.below(8);
  }
  return killed;
}

describe('two replicas of each service', () => {
  beforeAll(() => system.scaleTo(2));

  it('find the same as one, in several searches at once, whatever is killed', async () => {
    const searches = ['first', 'second'];
    const over = new AbortController();
    const kills = killing(randomFrom(5, 'replicas'), over.signal);
    try {
      await Promise.all(searches.map((search) => system.create(search, spec)));
      for (const search of searches) {
        expect(await system.followed(search)).toMatchObject({ phase: 'SUCCEEDED', failure: null });
      }
    } finally {
      over.abort();
      expect((await kills).length).toBeGreaterThan(3);
    }
    for (const search of searches) {
      expect(await outcomeOf(system, search)).toEqual(undisturbed);
      expect((await eventsOf(system, search)).map(({ id }) => id)).toEqual(expectedIds(search, spec.rounds));
    }
  });

  it('tell a durable subscriber of each fact once, in order', async () => {
    const ids = (search: string) => received.filter((id) => id.startsWith(`${search}/`));
    for (const search of ['alone', 'first', 'second']) {
      while (ids(search).length < expectedIds(search, spec.rounds).length) await delay(50);
      expect(ids(search)).toEqual(expectedIds(search, spec.rounds));
    }
  });
});
