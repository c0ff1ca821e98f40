import fc from 'fast-check';
import { connect, headers, type NatsConnection } from 'nats';
import { type Bus, connectBus, eventTypes, type NatsServer, newEvent, startNatsServer } from '@nse/messaging';
import { logger } from '@nse/telemetry';
import { fuzzing } from './settings.js';
import { jsonLike, jsonText } from './values.js';

let server: NatsServer;
let bus: Bus;
let raw: NatsConnection;

beforeAll(async () => {
  server = await startNatsServer();
  bus = await connectBus({ url: server.url, name: 'fuzz', log: logger('fuzz', { write: () => undefined }) });
  raw = await connect({ servers: server.url });
});

afterAll(async () => {
  await raw.close();
  await bus.close();
  await server.stop();
});

const text = fc.oneof(
  fc.string({ maxLength: 20 }).map((value) => value.replace(/[^\x20-\x7e]/g, '')),
  fc.constantFrom(
    '',
    's',
    '%',
    '%zz',
    '%ff',
    'nse.v1.round.prepared',
    'nse.v1.__proto__',
    '1.0',
    '2026-01-01T00:00:00Z',
    'no time',
  ),
);
const attributes = fc.dictionary(
  fc.constantFrom('ce-id', 'ce-type', 'ce-source', 'ce-specversion', 'ce-time', 'ce-subject', 'Nats-Odd'),
  text,
  { maxKeys: 7 },
);
const data = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc.oneof(jsonLike, fc.record({ search: fc.constant('s') })).map((value) => Buffer.from(jsonText(value))),
);
const message = fc.record({ type: fc.constantFrom(...eventTypes), attributes, data });

test('whatever else is on the stream, a consumer drops it and goes on to the next event', async () => {
  const got: string[] = [];
  let done: () => void = () => undefined;
  const end = new Promise<void>((resolve) => (done = resolve));
  const consumption = await bus.consume({
    durable: 'fuzz',
    types: eventTypes,
    givenUp: 'train',
    maxFailures: 1,
    handler: ({ id, type }) => {
      got.push(id);
      if (type === 'search.deleted') done();
      return Promise.resolve();
    },
  });
  const js = raw.jetstream();
  await fc.assert(
    fc.asyncProperty(message, async ({ type, attributes: given, data: payload }) => {
      const encoded = headers();
      for (const [name, value] of Object.entries(given)) encoded.set(name, value);
      await js.publish(`nse.v1.s.${type}`, payload, { headers: encoded });
    }),
    fuzzing(300),
  );
  const last = newEvent('search.deleted', { search: 'last' }, 'fuzz');
  await bus.publish(last);
  await end;
  expect(got.at(-1)).toBe(last.id);
  await consumption.stop();
});

test('progress of any shape reaches nobody but by its form, and stops nobody', async () => {
  const abort = new AbortController();
  const seen: unknown[] = [];
  const reading = (async () => {
    for await (const progress of bus.onProgress({ signal: abort.signal })) {
      seen.push(progress);
      if (progress.step === 424_242) abort.abort();
    }
  })();
  // The subscription must be there before anything is sent.
  await new Promise((resolve) => setImmediate(resolve));
  for (const payload of fc.sample(data, { ...fuzzing(200) })) raw.publish('nse.progress.s.train', payload);
  await raw.flush();
  bus.progress({ search: 's', stage: 'train', round: 1, step: 424_242, steps: 1 });
  await reading;
  expect(seen.at(-1)).toMatchObject({ step: 424_242 });
});
