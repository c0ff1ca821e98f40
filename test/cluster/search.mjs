// search.mjs SPEC RESULT [SPACE-MANAGER NATS CERTIFICATES]: runs a search by gRPC, receives its events by NATS, and writes
// to RESULT all that must not depend on where it ran. In a cluster where addresses and certificates are given, else here.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalRuntime, repositoryRoot } from '@nse/cli';
import { connectBus } from '@nse/messaging';
import { createClient, toStruct } from '@nse/rpc';

const over = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

/** Creates the search and follows it to its end. */
async function result(spec, address, nats, tls) {
  const options = tls === undefined ? {} : { tls };
  const client = createClient('SpaceManager', address, options);
  const bus = await connectBus({ url: nats, name: 'cluster-test', ...options });
  try {
    const patient = { waitForReady: true, deadlineMs: 60_000 };
    const created = await client.createSearch({ search: 'first', spec: toStruct(spec) }, patient);
    const events = received(bus, created.id);
    const search = await ended(client, created.id, patient);
    if (search.phase !== 'SUCCEEDED') throw new Error(`${search.phase}: ${JSON.stringify(search.failure)}`);
    const { models, rounds, ids } = await events;
    return { front: search.front, chosen: search.chosen, models, rounds, ids };
  } finally {
    await bus.close();
    client.close();
  }
}

async function ended(client, search, patient) {
  let told = '';
  for (;;) {
    const found = await client.getSearch({ search }, patient);
    const state = `${found.phase} ${found.stage} round ${found.round}${found.waiting ? `: ${found.waiting}` : ''}`;
    if (state !== told) console.error(`  ${new Date().toISOString()} ${state}`);
    told = state;
    if (over.includes(found.phase)) return found;
    await delay(1_000);
  }
}

/** Every event of the search up to its last one, as a subscriber gets them. Times are left out: they differ. */
async function received(bus, search) {
  const ids = [];
  const rounds = [];
  for await (const event of bus.replay({ search })) {
    ids.push(event.id);
    if (event.type === 'round.completed') {
      const { round, front, space, artifacts } = event.data;
      rounds.push({ round, front, space, artifacts });
    }
    if (['retrain.completed', 'search.failed', 'search.cancelled'].includes(event.type)) {
      return { ids, rounds, models: untimed(event.data) };
    }
  }
  throw new Error('the events ended before the search did');
}

function untimed(value) {
  if (Array.isArray(value)) return value.map(untimed);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !/seconds|time/i.test(key) && key !== 'spec');
  return Object.fromEntries(kept.map(([key, inner]) => [key, untimed(inner)]));
}

async function here(spec) {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'nse-cluster-'));
  const runtime = await LocalRuntime.start({ stateDir, root: repositoryRoot });
  try {
    return await result(spec, runtime.endpoints.services['space-manager'], runtime.endpoints.nats);
  } finally {
    await runtime.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

const [specFile, resultFile, address, nats, folder] = process.argv.slice(2);
const spec = JSON.parse(readFileSync(specFile, 'utf8'));
const file = (name) => path.join(folder, name);
const found =
  address === undefined
    ? await here(spec)
    : await result(spec, address, nats, {
        ca: file('ca.crt'),
        cert: file('client.crt'),
        key: file('client.key'),
      });
writeFileSync(resultFile, `${JSON.stringify(found, null, 1)}\n`);
process.exit(0);
