import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, connectBus, type NatsServer, newEvent, startNatsServer } from '@nse/messaging';
import { createClient, type Client, type RunningServer, startServer, toStruct } from '@nse/rpc';
import { logger } from '@nse/telemetry';
import { pause } from './lifecycle.js';
import { Reactions } from './reactions.js';
import { spaceManager } from './service.js';
import { SearchStore } from './store.js';
import { artifact, searchState, writtenSpec } from './testing/search.js';

const log = logger('tests', { write: () => undefined });
const now = '2026-02-02T00:00:00.000Z';

/** A process of the space-manager that takes calls and, so that a test may come before it, leaves events alone. */
interface Replica {
  readonly bus: Bus;
  readonly store: SearchStore;
  readonly reactions: Reactions;
  readonly server: RunningServer;
  readonly client: Client<'SpaceManager'>;
}

let nats: NatsServer;
let one: Replica;
let other: Replica;

async function startReplica(): Promise<Replica> {
  const bus = await connectBus({ url: nats.url, name: 'space-manager', log });
  const store = await SearchStore.open(bus);
  const reactions = new Reactions(bus, store, log);
  const implementations = { SpaceManager: spaceManager(bus, store, reactions) };
  const server = await startServer({ name: 'space-manager', address: '127.0.0.1:0', implementations, log });
  return { bus, store, reactions, server, client: createClient('SpaceManager', server.address) };
}

beforeAll(async () => {
  nats = await startNatsServer();
  [one, other] = [await startReplica(), await startReplica()];
});

afterAll(async () => {
  for (const { client, server, bus } of [one, other]) {
    client.close();
    await server.stop();
    await bus.close();
  }
  await nats.stop();
});

async function eventsOf(search: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of one.bus.replay({ search, follow: false })) ids.push(id);
  return ids;
}

const begun = (search: string) => [`${search}/0/search.created`, `${search}/1/round.prepared`];

describe('two replicas', () => {
  it('make one search of an id that both are asked for at once, and tell of it once', async () => {
    const request = { search: 'same', spec: toStruct(writtenSpec) };
    const found = await Promise.all(
      [one, other, one, other].map(({ client }) => client.createSearch(request)),
    );
    expect(new Set(found.map(({ createTime }) => JSON.stringify(createTime))).size).toBe(1);
    expect(await eventsOf('same')).toEqual(begun('same'));
  });

  it('let one of two specs have an id', async () => {
    const create = ({ client }: Replica, seed: number) =>
      client.createSearch({ search: 'contested', spec: toStruct({ ...writtenSpec, seed }) });
    const outcomes = await Promise.allSettled([create(one, 1), create(other, 2)]);
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    expect(refused).toMatchObject([{ code: 'ALREADY_EXISTS' }]);
    expect(await eventsOf('contested')).toEqual(begun('contested'));
  });

  it('tell of a pause before the resume that follows it, whoever is quicker', async () => {
    await one.client.createSearch({ search: 'quick', spec: toStruct(writtenSpec) });
    // The one has stored the pause and is still to tell of it.
    const paused = await one.store.change('quick', (state) => pause(state, now));
    await other.client.resumeSearch({ search: 'quick' });
    await one.reactions.announce(paused);
    expect(await eventsOf('quick')).toEqual([
      ...begun('quick'),
      'quick/0/search.paused',
      'quick/1/train/resume-1/search.resumed',
    ]);
  });

  it('resume a search where its facts say that it is, also those that a killed replica held', async () => {
    const { space, spec } = searchState('held');
    await one.client.createSearch({ search: 'held', spec: toStruct(writtenSpec) });
    await one.client.pauseSearch({ search: 'held' });
    const none = space.subsets.map(() => []);
    const parts = {
      spec,
      weights: artifact,
      subsets: space.subsets,
      logits: none,
      pruned: none,
      oldFront: [],
    };
    const data = {
      search: 'held',
      round: 1,
      rounds: 2,
      ...parts,
      curve: artifact,
      carried: artifact,
      seconds: 1,
    };
    await one.bus.publish(newEvent('supernet.trained', data, 'tests'));
    expect(await other.client.resumeSearch({ search: 'held' })).toMatchObject({ stage: 'evaluate' });
    expect((await eventsOf('held')).at(-1)).toBe('held/1/evaluate/resume-1/search.resumed');
  });

  it('agree on a search that both are told to change at once', async () => {
    await one.client.createSearch({ search: 'racing', spec: toStruct(writtenSpec) });
    const search = 'racing';
    for (let turn = 0; turn < 5; turn++) {
      await Promise.allSettled([
        one.client.pauseSearch({ search }),
        other.client.resumeSearch({ search }),
        one.client.resumeSearch({ search }),
        other.client.pauseSearch({ search }),
      ]);
    }
    const { resumes } = await one.client.resumeSearch({ search });
    const halts = (await eventsOf(search)).slice(2);
    // Each resume after the pause that it ends, and each once.
    const expected = Array.from({ length: resumes }, (_, at) => [
      at === 0 ? 'racing/0/search.paused' : `racing/0/resume-${at}/search.paused`,
      `racing/1/train/resume-${at + 1}/search.resumed`,
    ]);
    expect(halts).toEqual(expected.flat());
  });
});

describe('a search that is deleted at two replicas', () => {
  it('is left to the one that is at it, and what is made anew under its name stays', async () => {
    const search = 'reused';
    await one.store.create(searchState(search, { phase: 'DELETING', deletion: 'first' }));
    const done = await one.bus.answerFor('deletion.first');
    const second = other.client.deleteSearch({ search });
    // Long enough for the second to do harm, if it does not wait.
    expect(await Promise.race([second, delay(1_500, 'waits')])).toBe('waits');
    await one.store.remove(await one.store.get(search));
    await one.client.createSearch({ search, spec: toStruct(writtenSpec) });
    done();
    await second;
    expect(await other.client.getSearch({ search })).toMatchObject({ phase: 'RUNNING' });
    expect(await eventsOf(search)).toEqual(begun(search));
  });

  it('is deleted by the second where the first is gone', async () => {
    await one.store.create(searchState('orphaned', { phase: 'DELETING', deletion: 'gone' }));
    await other.client.deleteSearch({ search: 'orphaned' });
    expect(await eventsOf('orphaned')).toEqual(['orphaned/0/search.deleted']);
    expect(await one.store.find('orphaned')).toBeUndefined();
  });

  it('is not removed by the first any more once the second has taken it over', async () => {
    const state = searchState('taken', { phase: 'DELETING', deletion: 'second' });
    await one.store.create(state);
    await expect(one.store.remove({ ...state, deletion: 'first' })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    expect(await one.store.find('taken')).toMatchObject({ deletion: 'second' });
  });

  it('is not told of again by a replica that read it before', async () => {
    await one.client.createSearch({ search: 'stale', spec: toStruct(writtenSpec) });
    const before = await one.store.get('stale');
    await other.client.cancelSearch({ search: 'stale' });
    await other.client.deleteSearch({ search: 'stale' });
    await one.reactions.announce(before);
    expect(await eventsOf('stale')).toEqual(['stale/0/search.deleted']);
  });
});
