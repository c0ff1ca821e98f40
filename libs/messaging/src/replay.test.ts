import { connect } from 'nats';
import type { Bus } from './bus.js';
import { encodeEvent } from './cloud-event.js';
import { newEvent } from './events.js';
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
