import { logger } from '@nse/telemetry';
import { connect, type ConsumerMessages } from 'nats';
import type { Bus } from './bus.js';
import { encodeEvent } from './cloud-event.js';
import { newEvent } from './events.js';
import { watchConnection } from './connection.js';
import { replayEvents } from './replay.js';
import type { Session } from './session.js';
import { subjectOf } from './subject.js';
import { TestServer } from './testing/with-bus.js';

let server: TestServer;
let bus: Bus;

beforeAll(async () => {
  server = await TestServer.start();
  bus = await server.bus();
});

afterAll(() => server.stop());

/** Stores that many events of a search, more than a reader has in its buffer. */
async function store(search: string, count: number): Promise<void> {
  const connection = await connect({ servers: server.server.url });
  const js = connection.jetstream();
  for (let round = 1; round <= count; round++) {
    const facts = { search, stage: 'train', round, reason: 'tests', attempts: 1 } as const;
    const { headers, data } = encodeEvent(newEvent('task.failed', facts, 'tests'));
    await js.publish(subjectOf('task.failed', search), data, { headers });
  }
  await connection.close();
}

describe('a replay of what is stored', () => {
  it('ends with the last event', async () => {
    await store('whole', 3);
    const rounds: number[] = [];
    for await (const { data } of bus.replay({ search: 'whole', types: ['task.failed'], follow: false })) {
      rounds.push(data.round);
    }
    expect(rounds).toEqual([1, 2, 3]);
  });

  it('ends, too, when the rest is removed while it is read', async () => {
    await store('removed', 400);
    let read = 0;
    for await (const { data } of bus.replay({ search: 'removed', types: ['task.failed'], follow: false })) {
      read++;
      if (data.round === 1) await bus.forget('removed');
    }
    expect(read).toBeLessThan(400);
  });

  it('has nothing to tell of a search that is gone', async () => {
    for await (const { id } of bus.replay({ search: 'removed', follow: false })) throw new Error(id);
  });
});

describe('a replay that follows', () => {
  it('is taken up again behind the last event where its subscription ends by itself', async () => {
    const nc = await connect({ servers: server.server.url });
    const js = nc.jetstream();
    const subscriptions: ConsumerMessages[] = [];
    const log = logger('tests', { write: () => undefined });
    const session: Session = {
      ...{ name: 'tests', nc, js, jsm: await nc.jetstreamManager(), log, patienceMs: 10_000, replicas: 1 },
      connection: watchConnection(nc, log),
    };
    const get = js.consumers.get.bind(js.consumers);
    js.consumers.get = async (...args) => {
      const consumer = await get(...args);
      const consume = consumer.consume.bind(consumer);
      consumer.consume = async (...options) => {
        const messages = await consume(...options);
        subscriptions.push(messages);
        return messages;
      };
      return consumer;
    };
    await store('ended', 3);
    const rounds: number[] = [];
    for await (const { data } of replayEvents(session, { search: 'ended', types: ['task.failed'] })) {
      rounds.push(data.round);
      if (rounds.length === 3) {
        subscriptions[0]?.stop();
        await bus.publish(
          newEvent(
            'task.failed',
            { search: 'ended', stage: 'train', round: 4, reason: 'tests', attempts: 1 },
            'tests',
          ),
        );
      }
      if (rounds.length === 4) break;
    }
    expect(rounds).toEqual([1, 2, 3, 4]);
    expect(subscriptions).toHaveLength(2);
    await nc.close();
  }, 30_000);

  it('ends with its connection', async () => {
    const closing = await server.bus();
    await store('closed', 1);
    const seen: number[] = [];
    for await (const { data } of closing.replay({ search: 'closed', types: ['task.failed'] })) {
      seen.push(data.round);
      await closing.close();
    }
    expect(seen).toEqual([1]);
  }, 30_000);
});
