// accounts.mjs CERTIFICATES: starts a nats-server with the settings of the overlay `secure` and succeeds where each client
// may do what is its own and nothing else.
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { connectBus, findNatsServer } from '@nse/messaging';
import { connect } from 'nats';

const certificates = path.resolve(process.argv[2] ?? '.');
const pem = (name) => path.join(certificates, name);
const filesOf = (name) => ({ ca: pem('ca.crt'), cert: pem(`${name}.crt`), key: pem(`${name}.key`) });
const folder = mkdtempSync(path.join(tmpdir(), 'nse-accounts-'));

/** The overlay's files with paths and ports of this machine. */
function settings(port) {
  const k8s = path.resolve(import.meta.dirname, '../../k8s');
  const here = (text) =>
    text
      .replace(/^port: .*$/m, `host: 127.0.0.1\nport: ${port}`)
      .replace(/^http: .*$/m, '')
      .replace('store_dir: /data', `store_dir: ${JSON.stringify(path.join(folder, 'data'))}`)
      .replace('/tls/tls.crt', pem('nats.crt'))
      .replace('/tls/tls.key', pem('nats.key'))
      .replace('/tls/ca.crt', pem('ca.crt'));
  const copy = (from, to) =>
    writeFileSync(path.join(folder, to), here(readFileSync(path.join(k8s, from), 'utf8')));
  mkdirSync(path.join(folder, 'listeners'));
  copy('base/nats.conf', 'nats.conf');
  copy('base/nats-cluster.conf', 'listeners/cluster.conf');
  copy('overlays/secure/tls.conf', 'listeners/tls.conf');
  copy('overlays/secure/accounts.conf', 'listeners/accounts.conf');
  return path.join(folder, 'nats.conf');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const port = await freePort();
const url = `nats://127.0.0.1:${port}`;
const server = spawn(findNatsServer(), ['-c', settings(port)], {
  env: { ...process.env, POD_NAME: 'nats-0' },
  stdio: 'ignore',
});
process.on('exit', () => {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

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
