// refused.mjs SPACE-MANAGER NATS CERTIFICATES: succeeds where neither lets a client in that shows no certificate, while
// both let one in that does.
import path from 'node:path';
import process from 'node:process';
import { connectBus } from '@nse/messaging';
import { createClient } from '@nse/rpc';

const [address, nats, folder] = process.argv.slice(2);
const file = (name) => path.join(folder, name);
const without = { ca: file('ca.crt') };
const known = { ...without, cert: file('client.crt'), key: file('client.key') };

async function call(tls) {
  const client = createClient('SpaceManager', address, { tls, deadlineMs: 20_000 });
  await client.listSearches({}).finally(() => client.close());
}

async function connect(tls) {
  const bus = await connectBus({ url: nats, name: 'cluster-test', tls, patienceMs: 10_000 });
  await bus.close();
}

const letIn = (work) =>
  work.then(
    () => true,
    () => false,
  );
for (const [what, work] of Object.entries({ gRPC: call, NATS: connect })) {
  if (!(await letIn(work(known)))) throw new Error(`${what} refused a client with a certificate`);
  if (await letIn(work(without))) throw new Error(`${what} let a client in without a certificate`);
}
process.exit(0);
