import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClientOptions, createClient } from './client.js';
import type { ClientTls } from './client-identity.js';
import { TestServers } from './testing/serve.js';

const folder = mkdtempSync(join(tmpdir(), 'nse-identity-'));
const files = { ca: join(folder, 'tls.crt'), cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
const servers = new TestServers();

beforeAll(() => {
  // Its own authority, and of a name that no address here has.
  const what = ['-subj', '/CN=any', '-addext', 'subjectAltName=DNS:space-manager', '-days', '1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', files.key];
  execFileSync('openssl', ['req', '-x509', ...key, '-out', files.cert, ...what], { stdio: 'pipe' });
});
afterEach(() => servers.stopAll());
afterAll(() => rmSync(folder, { recursive: true }));

const contents = (): ClientTls => ({
  ca: readFileSync(files.ca),
  cert: readFileSync(files.cert),
  key: readFileSync(files.key),
});

/** Calls a server at 127.0.0.1 that asks for certificates, and gives what it was shown as `authorization`. */
async function call(options: ClientOptions, times = 1): Promise<string[]> {
  const shown: string[] = [];
  const handlers = {
    getSearch: (_: unknown, { metadata }: { metadata: { get(name: string): unknown[] } }) => {
      shown.push(metadata.get('authorization').join());
      return Promise.resolve({});
    },
  };
  const { server } = await servers.serve(handlers, { tls: files }, { tls: files });
  const client = createClient('SpaceManager', server.address, { deadlineMs: 10_000, ...options });
  try {
    for (let time = 0; time < times; time++) await client.getSearch({ search: 'x' });
    return shown;
  } finally {
    client.close();
  }
}

describe("a client's identity", () => {
  it.each<[string, () => ClientTls]>([
    ['paths', () => files],
    ['contents', contents],
  ])('is known by %s of PEM files', async (_, tls) => {
    expect(await call({ tls: tls(), serverName: 'space-manager' })).toEqual(['']);
  });

  it.each<[string, () => ClientTls]>([
    ['paths', () => files],
    ['contents', contents],
  ])('is not shown to a server whose certificate has another name (%s)', async (_, tls) => {
    for (const name of [{}, { serverName: 'retrainer' }]) {
      await expect(call({ tls: tls(), ...name })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
  });

  it('includes a token, which is asked for at each call', async () => {
    let asked = 0;
    const token = () => Promise.resolve(`secret-${++asked}`);
    expect(await call({ tls: contents(), serverName: 'space-manager', token }, 2)).toEqual([
      'Bearer secret-1',
      'Bearer secret-2',
    ]);
  });

  it('fails the call where there is no token to be had', async () => {
    const token = () => {
      throw new Error('no such file');
    };
    const refused = call({ tls: contents(), serverName: 'space-manager', token });
    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining('no such file') as string,
    });
  });

  it('fails the call for what can be no token, without telling it', async () => {
    for (const token of ['', 'two\nlines', 'schlüssel']) {
      const refused = call({ tls: contents(), serverName: 'space-manager', token: () => token });
      const error: unknown = await refused.catch((thrown: unknown) => thrown);
      expect(String(error)).toContain('visible ASCII');
      expect(String(error)).not.toContain(token === '' ? 'Bearer' : token);
    }
  });

  it('shows no token in plain text', () => {
    expect(() => createClient('SpaceManager', '127.0.0.1:1', { token: () => 'secret' })).toThrow(
      'over TLS only',
    );
  });
});
