import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client as RawClient, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';
import { logger } from '@nse/telemetry';
import { protoPath } from 'grpc-health-check';
import type { ServerOptions } from './server.js';
import { TestCertificates, TestSecret } from './testing/authority.js';
import { TestServers } from './testing/serve.js';
import { hashOf } from './tokens.js';

const certificates = new TestCertificates();
const servers = new TestServers();
afterEach(() => servers.stopAll());
afterAll(() => certificates.remove());

const entry = (name: string, role: string, expires?: Date) => ({
  name,
  role,
  sha256: hashOf(`nse_${name}`).toString('hex'),
  ...(expires && { expires: expires.toISOString() }),
});
const anna = entry('anna', 'reader');
const ben = entry('ben', 'editor');
const content = (...tokens: unknown[]) => ({ 'tokens.json': Buffer.from(JSON.stringify({ tokens })) });
const bearing = (token: string) => {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return { metadata };
};

let named = 0;
let secret: TestSecret;
let logged: string;
let handled: string[];
beforeEach(() => {
  secret = new TestSecret(certificates.path(`secret-${named++}`));
  secret.set(content(anna, ben));
  logged = '';
  handled = [];
});

function serve(
  options: Partial<ServerOptions> = {},
  trusted: ReadonlyMap<string, 'reader' | 'editor'> = new Map(),
) {
  return servers.serve(
    {
      getSearch: (_, { metadata }) => {
        handled.push(JSON.stringify(metadata.toJSON()));
        return Promise.resolve({ id: 'x' });
      },
      createSearch: () => {
        handled.push('createSearch');
        return Promise.resolve({ id: 'x' });
      },
      watchSearch: async function* (_, { signal }) {
        handled.push('watchSearch');
        yield { progress: { step: 1 } };
        await once(signal, 'abort');
        handled.push('ended');
      },
    },
    {
      access: { tokens: secret.path('tokens.json'), certificates: trusted },
      followMs: 20,
      log: logger('tests', { write: (line: string) => (logged += line) }),
      ...options,
    },
  );
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(10);
}

describe('a server that asks for tokens', () => {
  it('lets a reader read and an editor do both, and no handler sees the token', async () => {
    const { client } = await serve();
    expect(await client.getSearch({ search: 'x' }, bearing('nse_anna'))).toMatchObject({ id: 'x' });
    await expect(client.createSearch({}, bearing('nse_anna'))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      reason: 'RoleTooSmall',
    });
    expect(handled).toHaveLength(1);
    expect(handled[0]).not.toMatch(/authorization|nse_/);
    await client.createSearch({}, bearing('nse_ben'));
    await client.getSearch({ search: 'x' }, bearing('nse_ben'));
    expect(handled).toHaveLength(3);
  });

  it('lets nobody through to a handler without one, in single calls and streams', async () => {
    const { client } = await serve();
    for (const call of [{}, bearing('nse_eve')]) {
      await expect(client.getSearch({ search: 'x' }, call)).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
      });
      await expect(client.watchSearch({ search: 'x' }, call).next()).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
      });
    }
    expect(handled).toEqual([]);
  });

  it('answers health checks without one, and reflection with one alone', async () => {
    const { server } = await serve();
    const raw = new RawClient(server.address, credentials.createInsecure());
    const health = loadSync(protoPath)['grpc.health.v1.Health'] as ServiceDefinition;
    const { Check: check } = health;
    const healthy = await new Promise((resolve) =>
      raw.makeUnaryRequest(
        check!.path,
        check!.requestSerialize,
        check!.responseDeserialize,
        {},
        (error: ServiceError | null) => resolve(error?.code ?? 'well'),
      ),
    );
    const folder = join(require.resolve('@grpc/reflection/package.json'), '../build/proto');
    const definition = loadSync('grpc/reflection/v1/reflection.proto', {
      includeDirs: [folder],
      oneofs: true,
    });
    const { ServerReflectionInfo: info } = definition[
      'grpc.reflection.v1.ServerReflection'
    ] as ServiceDefinition;
    const reflect = (metadata: Metadata) =>
      new Promise((resolve) => {
        const call = raw.makeBidiStreamRequest(
          info!.path,
          info!.requestSerialize,
          info!.responseDeserialize,
          metadata,
        );
        call.on('data', () => resolve('told')).on('error', (error: ServiceError) => resolve(error.code));
        call.write({ listServices: '' });
        call.end();
      });
    const answers = [await reflect(new Metadata()), await reflect(bearing('nse_anna').metadata)];
    raw.close();
    expect(healthy).toBe('well');
    expect(answers).toEqual([status.UNAUTHENTICATED, 'told']);
  });

  it('takes up tokens that come and go without a restart', async () => {
    const { client } = await serve();
    secret.set(content(ben, entry('carl', 'reader')));
    await until(() => logged.includes('taken up'));
    await client.getSearch({ search: 'x' }, bearing('nse_carl'));
    await expect(client.getSearch({ search: 'x' }, bearing('nse_anna'))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it('ends a stream whose token is taken away, and its handler, while others go on', async () => {
    const { client } = await serve();
    const leave = new AbortController();
    const hers = client.watchSearch({ search: 'x' }, bearing('nse_anna'));
    const his = client.watchSearch({ search: 'x' }, { ...bearing('nse_ben'), signal: leave.signal });
    await hers.next();
    await his.next();
    secret.set(content(ben));
    await expect(hers.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TokenRefused' });
    await until(() => handled.includes('ended'));
    expect(handled.filter((what) => what === 'ended')).toHaveLength(1);
    const going = his.next();
    expect(await Promise.race([going, delay(200, 'open')])).toBe('open');
    leave.abort();
    await going;
  });

  it('ends a stream whose token expires', async () => {
    secret.set(content(entry('dora', 'reader', new Date(Date.now() + 3_000))));
    const { client } = await serve();
    const watch = client.watchSearch({ search: 'x' }, bearing('nse_dora'));
    await watch.next();
    await expect(watch.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('ends a stream that its reader does not read', async () => {
    const { client } = await servers.serve(
      {
        watchSearch: async function* () {
          try {
            for (;;) yield await Promise.resolve({ search: { failure: { reason: 'x'.repeat(100_000) } } });
          } finally {
            handled.push('ended');
          }
        },
      },
      { access: { tokens: secret.path('tokens.json'), certificates: new Map() }, followMs: 20 },
    );
    const watch = client.watchSearch({ search: 'x' }, bearing('nse_anna'));
    await watch.next();
    secret.set(content());
    await until(() => handled.includes('ended'));
    await watch.return();
  });

  it('keeps the last good tokens while the file is of no use, and says so once', async () => {
    const { client } = await serve();
    secret.set({ 'tokens.json': Buffer.from('{"tokens": [') });
    await until(() => logged.includes('of no use'));
    await client.getSearch({ search: 'x' }, bearing('nse_anna'));
    secret.set({});
    await delay(200);
    await client.getSearch({ search: 'x' }, bearing('nse_anna'));
    expect(logged.match(/of no use/g)).toHaveLength(1);
    secret.set(content(ben));
    await until(() => logged.includes('taken up'));
    await expect(client.getSearch({ search: 'x' }, bearing('nse_anna'))).rejects.toThrow('does not count');
  });

  it('does not start with a file that is of no use', async () => {
    secret.set({ 'tokens.json': Buffer.from('{"tokens": [{"name": "a"}]}') });
    await expect(serve()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    secret.set({});
    await expect(serve()).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
  });

  it('says in its log who was refused and who changed what, and never a token', async () => {
    const { client } = await serve();
    await client.createSearch({}, bearing('nse_ben'));
    await client.getSearch({ search: 'x' }, bearing('nse_eve')).catch(() => undefined);
    await client.createSearch({}, bearing('nse_anna')).catch(() => undefined);
    expect(logged).toContain('"caller":"token ben"');
    expect(logged).toContain('"code":"UNAUTHENTICATED"');
    expect(logged).toContain('the token anna has the role reader');
    expect(logged).not.toMatch(/nse_|sha256/);
    expect(logged).not.toContain(anna.sha256);
  });
});

describe('a certificate that is trusted', () => {
  it('stands for a token; any other of the same authority does not', async () => {
    certificates.authority('ours');
    const [server, trusted, client] = ['server', 'search-controller', 'client'].map((name) =>
      certificates.signed('ours', name),
    );
    const { server: running } = await serve(
      { address: 'localhost:0', tls: server! },
      new Map([['search-controller', 'editor']]),
    );
    const called = async (tls: typeof trusted) => {
      const { createClient } = await import('./client.js');
      const caller = createClient('SpaceManager', running.address, { tls: tls! });
      return await caller.createSearch({}).finally(() => caller.close());
    };
    expect(await called(trusted)).toMatchObject({ id: 'x' });
    await expect(called(client)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TokenMissing' });
    await expect(called(server)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(logged).toContain('"caller":"certificate search-controller"');
  });
});
