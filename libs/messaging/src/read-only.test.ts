import { connect, type NatsConnection } from 'nats';
import { type BusOptions, connectBus } from './bus.js';
import { newEvent } from './events.js';
import { type NatsServer, startNatsServer } from './nats-server.js';
import { eventStream } from './subject.js';

let server: NatsServer;
let raw: NatsConnection;

beforeAll(async () => {
  server = await startNatsServer();
  raw = await connect({ servers: server.url });
});
afterAll(async () => {
  await raw.close();
  await server.stop();
});

async function seen(options: Partial<BusOptions>): Promise<string[]> {
  const bus = await connectBus({ url: server.url, name: 'tests', patienceMs: 5_000, ...options });
  const searches: string[] = [];
  for await (const { data } of bus.replay({ types: ['search.paused'], follow: false }))
    searches.push(data.search);
  await bus.close();
  return searches;
}

describe('a bus for reading', () => {
  it("reads events and leaves the stream's settings alone, which another bus brings up to date", async () => {
    const bus = await connectBus({ url: server.url, name: 'tests' });
    await bus.publish(newEvent('search.paused', { search: 'a' }, 'tests'));
    await bus.close();
    const jsm = await raw.jetstreamManager();
    const description = async () => (await jsm.streams.info(eventStream)).config.description;
    await jsm.streams.update(eventStream, { description: 'as another version has it' });
    expect(await seen({ readOnly: true })).toEqual(['a']);
    expect(await description()).toBe('as another version has it');
    expect(await seen({})).toEqual(['a']);
    expect(await description()).not.toBe('as another version has it');
  });
});
