import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { logger } from '@nse/telemetry';
import { createClient } from './client.js';
import { TestCertificates, TestSecret } from './testing/authority.js';
import { TestServers } from './testing/serve.js';
import type { TlsFiles } from './tls.js';

const certificates = new TestCertificates();
const servers = new TestServers();
const content = (path: string) => readFileSync(path);

let first: { server: Required<TlsFiles>; client: Required<TlsFiles> };
let second: typeof first;
beforeAll(() => {
  for (const name of ['first', 'second']) certificates.authority(name);
  const pair = (name: string) => ({
    server: certificates.signed(name, `${name}-server`),
    client: certificates.signed(name, `${name}-client`),
  });
  [first, second] = [pair('first'), pair('second')];
});
afterEach(() => servers.stopAll());
afterAll(() => certificates.remove());

let named = 0;
/** The files as a Secret's volume has them; each of the authorities is trusted. */
function volumeOf(tls: Required<TlsFiles>, ...authorities: string[]) {
  const volume = new TestSecret(certificates.path(`volume-${named++}`));
  const files = { ca: volume.path('ca.crt'), cert: volume.path('tls.crt'), key: volume.path('tls.key') };
  const set = (other: Required<TlsFiles>, ...trusted: string[]) =>
    volume.set({
      'ca.crt': Buffer.concat(trusted.map(content)),
      'tls.crt': other.cert,
      'tls.key': other.key,
    });
  set(tls, ...authorities);
  return { files, set, volume };
}

let logged: string;
beforeEach(() => (logged = ''));
async function until(said: string): Promise<void> {
  while (!logged.includes(said)) await delay(10);
  logged = '';
}

async function serve(tls: TlsFiles) {
  return await servers.serve(
    {
      getSearch: () => Promise.resolve({ id: 'x' }),
      watchSearch: async function* (_, { signal }) {
        for (let step = 0; !signal.aborted; step++) {
          yield { progress: { step } };
          await delay(5, undefined, { signal }).catch(() => undefined);
        }
      },
    },
    {
      address: 'localhost:0',
      tls,
      followMs: 20,
      log: logger('tests', { write: (line: string) => (logged += line) }),
    },
    { tls: first.client },
  );
}

async function call(address: string, tls: TlsFiles): Promise<string> {
  const client = createClient('SpaceManager', address, { tls, deadlineMs: 20_000 });
  return await client
    .getSearch({ search: 'x' })
    .then(({ id }) => id)
    .finally(() => client.close());
}
const refused = { code: 'UNAVAILABLE' };

describe('a server whose certificates are renewed', () => {
  it('goes over to another authority without a restart, and open streams go on', async () => {
    const { files, set } = volumeOf(first.server, first.client.ca);
    const { server, client } = await serve(files);
    const watch = client.watchSearch({ search: 'x' });
    await watch.next();
    await expect(call(server.address, second.client)).rejects.toMatchObject(refused);

    set(second.server, second.client.ca, first.client.ca);
    await until('taken up');
    expect(await call(server.address, second.client)).toBe('x');
    // Still let in by the bundle, but does not know who signed for the server.
    expect(await call(server.address, { ...first.client, ca: second.client.ca })).toBe('x');
    await expect(call(server.address, first.client)).rejects.toMatchObject(refused);

    set(second.server, second.client.ca);
    await until('taken up');
    await expect(call(server.address, { ...first.client, ca: second.client.ca })).rejects.toMatchObject(
      refused,
    );
    for (let item = 0; item < 5; item++) expect((await watch.next()).done).toBe(false);
    await watch.return();
  });

  it('keeps those it has while the files are of no use, and takes up the next ones', async () => {
    const { files, set, volume } = volumeOf(first.server, first.client.ca);
    const { server } = await serve(files);
    const wrong = [
      { 'ca.crt': first.client.ca, 'tls.crt': first.server.cert, 'tls.key': second.server.key },
      { 'ca.crt': Buffer.of(), 'tls.crt': first.server.cert, 'tls.key': first.server.key },
      { 'ca.crt': first.client.ca, 'tls.crt': Buffer.from('no PEM'), 'tls.key': first.server.key },
      {},
    ];
    volume.set(wrong[0]!);
    await until('of no use');
    for (const each of wrong) {
      volume.set(each);
      await delay(100);
      expect(await call(server.address, first.client)).toBe('x');
    }
    set(second.server, second.client.ca);
    await until('taken up');
    expect(await call(server.address, second.client)).toBe('x');
  });

  it('does not start with files that do not belong together', async () => {
    const mixed = { ...first.server, key: second.server.key };
    await expect(serve(mixed)).rejects.toThrow('key values mismatch');
  });
});

describe('a certificate that has expired', () => {
  it('is refused by a server, and a server with one by its clients', async () => {
    const old = certificates.signed('first', 'old', -1);
    const { server } = await serve(first.server);
    expect(await call(server.address, first.client)).toBe('x');
    await expect(call(server.address, old)).rejects.toMatchObject(refused);
    const { server: oldServer } = await serve(old);
    await expect(call(oldServer.address, first.client)).rejects.toMatchObject(refused);
  });
});

describe('a client whose certificates are renewed', () => {
  it('connects again with the new ones', async () => {
    const { files, set } = volumeOf(first.client, first.client.ca);
    const { server } = await serve(first.server);
    const { address } = server;
    const client = createClient('SpaceManager', address, { tls: files });
    await client.getSearch({ search: 'x' });
    await servers.stopAll();
    set(second.client, second.client.ca);
    await servers.serve({ getSearch: () => Promise.resolve({ id: 'new' }) }, { address, tls: second.server });
    let id: string | undefined;
    while (id === undefined) {
      const answer = client.getSearch({ search: 'x' }, { waitForReady: true, deadlineMs: 5_000 });
      id = await answer.then(
        (search) => search.id,
        () => undefined,
      );
    }
    expect(id).toBe('new');
    client.close();
  });
});
