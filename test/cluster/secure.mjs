// secure.mjs SPACE-MANAGER NATS CERTIFICATES [OPTION...]: says of each caller whether services and NATS of the overlay `secure`
// do with it as they should; succeeds where all do. OPTIONs are those of k8s/tokens, by which it adds and removes tokens.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { connectBus } from '@nse/messaging';
import { createClient, toStruct } from '@nse/rpc';
import { connect } from 'nats';

const [address, nats, certificates, ...options] = process.argv.slice(2);
const run = randomBytes(3).toString('hex');
const folder = mkdtempSync(path.join(tmpdir(), 'nse-secure-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
/** A Secret reaches pods by the kubelet's round. */
const reachesPodsMs = 180_000;

// --- who calls -----------------------------------------------------------------------------------------------------------

const ca = path.join(certificates, 'ca.crt');
const filesOf = (name, of = certificates) => ({
  ca,
  cert: path.join(of, `${name}.crt`),
  key: path.join(of, `${name}.key`),
});
/** A certificate that says what ours says, but that nobody whom we know has signed. */
function forged(name) {
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '1',
      ],
      ...['-keyout', `${name}.key`, '-out', `${name}.crt`, '-subj', `/O=nse/CN=${name}`],
    ],
    { cwd: folder, stdio: 'pipe' },
  );
  return filesOf(name, folder);
}

const tool = path.resolve(import.meta.dirname, '../../k8s/tokens');
const tokens = (...args) =>
  execFileSync(tool, [...options, '--folder', folder, ...args], { encoding: 'utf8' }).trim();
const added = [];
function tokenOf(role) {
  const name = `check-${role}-${run}-${added.length}`;
  const file = tokens('add', name, '--role', role, '--expires', '1h');
  added.push(name);
  return { name, token: readFileSync(file, 'utf8').trim() };
}
function taken({ name }) {
  tokens('remove', name);
  added.splice(added.indexOf(name), 1);
}

/** What comes of a call: `yes`, or the code of its refusal. */
async function call(tls, token, work) {
  const client = createClient('SpaceManager', address, {
    tls,
    deadlineMs: 20_000,
    ...(token === undefined ? {} : { token: () => token }),
  });
  try {
    await work(client);
    return 'yes';
  } catch (error) {
    return error.code ?? error.message;
  } finally {
    client.close();
  }
}
const list = (client) => client.listSearches({});
const search = `check-${run}`;
const spec = toStruct(JSON.parse(readFileSync(path.join(import.meta.dirname, 'spec.json'), 'utf8')));
const create = (client) => client.createSearch({ search, spec });

/** What comes of a request to NATS. */
async function ask(tls, subject) {
  let connection;
  try {
    const pem = Object.fromEntries(
      Object.entries(tls).map(([part, file]) => [part, readFileSync(file, 'utf8')]),
    );
    connection = await connect({ servers: nats, tls: pem, reconnect: false, timeout: 20_000 });
  } catch {
    return 'not let in';
  }
  try {
    await connection.request(subject, '{}', { timeout: 10_000 });
    return 'yes';
  } catch (error) {
    return error.code;
  } finally {
    await connection.close();
  }
}

/** How many events of the search a client of ours reads. */
async function eventsRead(tls, options) {
  const bus = await connectBus({ url: nats, name: 'secure-check', tls, patienceMs: 20_000, ...options });
  try {
    let count = 0;
    for await (const { data } of bus.replay({ search, follow: false }))
      count += data.search === search ? 1 : 0;
    return count > 0 ? 'yes' : 'no events';
  } finally {
    await bus.close();
  }
}

// --- what must come of it ------------------------------------------------------------------------------------------------

let failed = 0;
async function check(what, expected, work) {
  const got = await Promise.resolve()
    .then(work)
    .catch((error) => `an error: ${error.message}`);
  if (got === expected) console.log(`ok    ${what}: ${expected}`);
  else {
    failed += 1;
    console.log(`FAIL  ${what}: ${got}, not ${expected}`);
  }
}

async function within(ms, holds) {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    if (await holds()) return 'yes';
    await delay(1_000);
  }
  return `not within ${ms / 1_000} s`;
}

const person = filesOf('client');
async function services() {
  const [reader, editor, guest] = ['reader', 'editor', 'reader'].map(tokenOf);
  await check('new tokens count', 'yes', () =>
    within(reachesPodsMs, () => everywhere('yes', () => call(person, guest.token, list))),
  );
  await check('no certificate, a token', 'UNAVAILABLE', () => call({ ca }, editor.token, list));
  await check("another authority's certificate, a token", 'UNAVAILABLE', () =>
    call(forged('client'), editor.token, list),
  );
  await check('a certificate, no token', 'UNAUTHENTICATED', () => call(person, undefined, list));
  await check("a worker's certificate, no token", 'UNAUTHENTICATED', () =>
    call(filesOf('nse-worker'), undefined, list),
  );
  await check("another service's certificate, no token", 'UNAUTHENTICATED', () =>
    call(filesOf('retrainer'), undefined, list),
  );
  if (existsSync(filesOf('search-controller').cert))
    await check("the search-controller's certificate, no token", 'yes', () =>
      call(filesOf('search-controller'), undefined, list),
    );
  await check('a token that nobody has made', 'UNAUTHENTICATED', () =>
    call(person, `nse_${randomBytes(32).toString('base64url')}`, list),
  );
  await check('the hash of a token in its place', 'UNAUTHENTICATED', () =>
    call(person, createHash('sha256').update(editor.token).digest('hex'), list),
  );
  await check('a reader lists searches', 'yes', () => call(person, reader.token, list));
  await check('a reader creates a search', 'PERMISSION_DENIED', () => call(person, reader.token, create));
  await check('a reader deletes a search', 'PERMISSION_DENIED', () =>
    call(person, reader.token, (client) => client.deleteSearch({ search })),
  );
  await check('an editor creates a search', 'yes', () => call(person, editor.token, create));
  await call(person, editor.token, (client) => client.pauseSearch({ search }));
  await removed(guest);
  await check('the others still count', 'yes', () => call(person, reader.token, list));
  await check('an editor cancels and deletes a search', 'yes', () =>
    within(60_000, async () => {
      await call(person, editor.token, (client) => client.cancelSearch({ search }));
      const deleted = await call(person, editor.token, (client) => client.deleteSearch({ search }));
      return deleted === 'yes' || deleted === 'NOT_FOUND';
    }),
  );
}

/** A token is taken away while its holder watches a search. */
async function removed(guest) {
  const limit = AbortSignal.timeout(reachesPodsMs);
  let began;
  const watching = new Promise((resolve) => (began = resolve));
  const watch = call(person, guest.token, async (client) => {
    const updates = client.watchSearch({ search }, { signal: limit });
    while ((await updates.next()).done !== true) began();
  }).finally(() => began());
  await watching;
  taken(guest);
  const from = performance.now();
  await check('a watch whose token is removed', 'UNAUTHENTICATED', () => watch);
  console.log(`      ${Math.round((performance.now() - from) / 1_000)} s after k8s/tokens remove`);
  await check('a removed token is refused', 'yes', () =>
    within(reachesPodsMs, () => everywhere('UNAUTHENTICATED', () => call(person, guest.token, list))),
  );
}

/** Whether each replica answers so: one hears of a change before the other, and every call gets to the next one. */
async function everywhere(expected, work) {
  for (let asked = 0; asked < 4; asked++) if ((await work()) !== expected) return false;
  return true;
}

async function messages() {
  const event = `nse.v1.${search}.search.failed`;
  const denied = 'PERMISSIONS_VIOLATION';
  const worker = filesOf('nse-worker');
  await check('NATS: no certificate', 'not let in', () => ask({ ca }, '$JS.API.INFO'));
  await check("NATS: another authority's certificate", 'not let in', () =>
    ask(forged('space-manager'), '$JS.API.INFO'),
  );
  await check('NATS: a certificate that is nobody', 'not let in', () => ask(filesOf('nats'), '$JS.API.INFO'));
  await check('NATS: a client reads the events of a search', 'yes', () =>
    eventsRead(person, { readOnly: true }),
  );
  const controller = filesOf('search-controller');
  if (existsSync(controller.cert)) {
    await check('NATS: the search-controller reads the events of a search', 'yes', () =>
      eventsRead(controller),
    );
    await check('NATS: the search-controller publishes an event', denied, () => ask(controller, event));
  }
  await check('NATS: a client publishes an event', denied, () => ask(person, event));
  await check('NATS: a client reads the state of searches', denied, () =>
    ask(person, `$JS.API.DIRECT.GET.KV_NSE_SEARCHES.$KV.NSE_SEARCHES.${search}`),
  );
  await check('NATS: a worker publishes an event', denied, () => ask(worker, event));
  await check('NATS: a worker changes a search', denied, () => ask(worker, `$KV.NSE_SEARCHES.${search}`));
  await check("NATS: a client takes a service's events", denied, () =>
    ask(person, '$JS.API.CONSUMER.MSG.NEXT.NSE.space-manager'),
  );
  await check("NATS: a client removes a service's consumer", denied, () =>
    ask(person, '$JS.API.CONSUMER.DELETE.NSE.retrainer'),
  );
  await check("NATS: a client makes a service's consumer anew", denied, () =>
    ask(person, '$JS.API.CONSUMER.CREATE.NSE.fitness-evaluator.nse.v1.>'),
  );
  await check("NATS: a worker takes a service's events", denied, () =>
    ask(worker, '$JS.API.CONSUMER.MSG.NEXT.NSE.space-manager'),
  );
  await check('NATS: a worker empties the searches', denied, () =>
    ask(worker, '$JS.API.STREAM.PURGE.KV_NSE_SEARCHES'),
  );
  await check('NATS: a worker removes the stream', denied, () => ask(worker, '$JS.API.STREAM.DELETE.NSE'));
}

try {
  await services();
  await messages();
} finally {
  for (const name of added) tokens('remove', name);
}
process.exit(failed === 0 ? 0 : 1);
