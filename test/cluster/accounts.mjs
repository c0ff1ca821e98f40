// accounts.mjs CERTIFICATES: starts a nats-server with the settings of the overlay `secure` and succeeds where each client
// may do what is its own and nothing else.
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { connectBus } from '@nse/messaging';
import { connect } from 'nats';
import { secureNats } from './secure-nats.mjs';

const certificates = path.resolve(process.argv[2] ?? '.');
const pem = (name) => path.join(certificates, name);
const filesOf = (name) => ({ ca: pem('ca.crt'), cert: pem(`${name}.crt`), key: pem(`${name}.key`) });
const url = await secureNats(certificates);

const failed = [];
async function may(what, work) {
  await work().catch((error) => failed.push(`${what}: ${error.message}`));
}
async function mayNot(what, work) {
  const done = await work().then(
    () => true,
    () => false,
  );
  if (done) failed.push(`${what} was let through`);
}

const busOf = (name, patienceMs) => connectBus({ url, name, tls: filesOf(name), patienceMs });
const plain = (value) => value;
const deleted = (search) => ({
  id: `${search}/0/search.deleted`,
  type: 'search.deleted',
  source: 'accounts',
  time: new Date(0).toISOString(),
  data: { search },
});
const reading = async (name) => {
  const [ca, cert, key] = Object.values(filesOf(name)).map((file) => readFileSync(file, 'utf8'));
  return await connect({ servers: url, tls: { ca, cert, key }, reconnect: false, timeout: 10_000 });
};

const service = await busOf('space-manager', 60_000);
await service.states('NSE_SEARCHES', plain);
await may('a service: an event', () => service.publish(deleted('a')));
const worker = await busOf('nse-worker', 10_000);
await may('a worker: its record', async () => (await worker.states('NSE_RUNS', plain)).create('t.0', {}));
await may('a worker: an artifact', () => worker.artifacts.put('t/x', Buffer.from('abc')));
await mayNot('a worker: an event', () => worker.publish(deleted('b')));
await mayNot('a worker: the state of a search', async () =>
  (await worker.states('NSE_SEARCHES', plain)).create('b', {}),
);
const client = await reading('client');
const stream = client.jetstream({ timeout: 5_000 });
await may('a client: events, by a consumer that it names', async () => {
  const manager = await client.jetstreamManager();
  await manager.consumers.add('NSE', {
    durable_name: 'd',
    filter_subject: 'nse.v1.>',
    ack_policy: 'explicit',
  });
  const message = await (await stream.consumers.get('NSE', 'd')).next({ expires: 20_000 });
  if (message?.subject !== 'nse.v1.a.search.deleted') throw new Error(`got ${message?.subject}`);
});
await mayNot('a client: an event', () => stream.publish('nse.v1.a.search.failed', '{}'));
await mayNot('a client: the records of workers', async () => {
  await (await stream.views.kv('NSE_RUNS', { bindOnly: true })).get('t.0');
});
await mayNot('a client: the end of a stream', async () => {
  const manager = await client.jetstreamManager({ timeout: 5_000, checkAPI: false });
  await manager.streams.delete('NSE');
});
await mayNot('a certificate that is nobody', () => reading('nats'));

for (const line of failed) console.error(line);
process.exit(failed.length === 0 ? 0 : 1);
