// What a search leaves that must not depend on where it ran or what happened meanwhile.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import path from 'node:path';
import { connectBus } from '@nse/messaging';
import { createClient, toStruct } from '@nse/rpc';

export const overPhases = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

/** The TLS files of a client in the folder that k8s/certificates made. */
export function clientFiles(folder, name = 'client') {
  const file = (ending) => path.join(folder, `${name}.${ending}`);
  return { ca: path.join(folder, 'ca.crt'), cert: file('crt'), key: file('key') };
}

/** Opens a space-manager and NATS for `work`, and closes them after it. NSE_TOKEN_FILE names who calls in `secure`. */
export async function connected({ address, nats, tls }, work) {
  const options = tls === undefined ? {} : { tls };
  const file = process.env.NSE_TOKEN_FILE;
  const token = file === undefined ? {} : { token: () => readFileSync(file, 'utf8').trim() };
  const client = createClient('SpaceManager', address, { ...options, ...token });
  const bus = await connectBus({ url: nats, name: 'cluster-test', readOnly: tls !== undefined, ...options });
  try {
    return await work(client, bus);
  } finally {
    await bus.close();
    client.close();
  }
}

/** Calls wait for a service that is just away. */
export const patient = { waitForReady: true, deadlineMs: 60_000 };

/** Creates the search and follows it to its end; `told` hears of each change of where it stands. */
export async function outcomeOf({ client, bus, spec, search, told = () => undefined }) {
  await client.createSearch({ search, spec: toStruct(spec) }, patient);
  return await outcome({ client, bus, search, told });
}

/** As `outcomeOf`, for a search that has been created. */
export async function outcome({ client, bus, search, told = () => undefined }) {
  const events = received(bus, search);
  // Where the search could not be followed to its end that is what is told, not what closing the bus makes of this.
  events.catch(() => undefined);
  const found = await ended(client, search, told);
  if (found.phase !== 'SUCCEEDED') throw new Error(`${found.phase}: ${JSON.stringify(found.failure)}`);
  const { models, rounds, ids } = await events;
  return { front: found.front, chosen: found.chosen, models, rounds, ids };
}

async function ended(client, search, told) {
  let before = '';
  for (;;) {
    const found = await client.getSearch({ search }, patient).catch(unlessAway);
    if (found !== undefined) {
      const state = `${found.phase} ${found.stage} round ${found.round}${found.waiting ? `: ${found.waiting}` : ''}`;
      if (state !== before) console.error(`  ${new Date().toISOString()} ${state}`);
      before = state;
      told(found);
      if (overPhases.includes(found.phase)) return found;
    }
    await delay(500);
  }
}

/** A service that is just being replaced is asked again; whoever calls this has a limit of its own. */
export function unlessAway(error) {
  if (error?.code === 'UNAVAILABLE' || error?.code === 'DEADLINE_EXCEEDED') return undefined;
  throw error;
}

/** A search of the name may have been deleted before; that event stays. */
export const ofThisLife = (id) => !id.endsWith('/search.deleted');

/** Every event of the search up to its last one, as a subscriber gets them. Times are left out: they differ. */
async function received(bus, search) {
  const ids = [];
  const rounds = [];
  for await (const event of bus.replay({ search })) {
    if (ofThisLife(event.id)) ids.push(event.id);
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

/** Ends the process with an error where the work takes longer. */
export function within(seconds, what) {
  setTimeout(() => {
    console.error(`${what}: not over after ${seconds} s`);
    process.exit(1);
  }, seconds * 1000).unref();
}
