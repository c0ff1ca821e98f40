import type { ProgressMessage } from './progress.js';
import { TestServer } from './testing/with-bus.js';
import { connect } from 'nats';

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
});

afterAll(() => server.stop());

test("what is no progress is left alone and ends nobody's watch", async () => {
  const bus = await server.bus();
  const raw = await connect({ servers: server.server.url });
  const sound: ProgressMessage = { search: 's', stage: 'train', round: 1, step: 2, steps: 3 };
  const abort = new AbortController();
  const watch = bus.onProgress({ search: 's', signal: abort.signal });
  const first = watch.next();
  // Behind the subscription on the same connection, so the server knows of it once this is answered.
  await bus.artifacts.has('none');
  for (const junk of ['', 'no json', '7', 'null', '{"search":"s"}', '\xff']) {
    raw.publish('nse.progress.s.train', Buffer.from(junk, 'latin1'));
  }
  await raw.flush();
  bus.progress(sound);
  expect(await first).toEqual({ done: false, value: sound });
  abort.abort();
  await raw.close();
});
