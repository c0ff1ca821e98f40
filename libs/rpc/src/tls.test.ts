import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from './client.js';
import { TestServers } from './testing/serve.js';
import { isLoopback, type TlsFiles, tlsFromEnvironment } from './tls.js';

const folder = mkdtempSync(join(tmpdir(), 'nse-tls-'));
const file = (name: string) => join(folder, name);
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
const servers = new TestServers();

/** A certificate authority and, signed by it, a certificate for localhost. */
function authority(name: string): Required<TlsFiles> {
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...ec,
    '-keyout',
    `${name}-ca.key`,
    '-out',
    `${name}-ca.crt`,
    '-subj',
    `/CN=${name}`,
    '-days',
    '1',
  );
  openssl('req', ...ec, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}-leaf`);
  writeFileSync(file(`${name}.ext`), 'subjectAltName=DNS:localhost');
  const by = [
    '-CA',
    `${name}-ca.crt`,
    '-CAkey',
    `${name}-ca.key`,
    '-CAcreateserial',
    '-extfile',
    `${name}.ext`,
  ];
  openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.crt`, '-days', '1');
  return { ca: file(`${name}-ca.crt`), cert: file(`${name}.crt`), key: file(`${name}.key`) };
}

let ours: Required<TlsFiles>;
let others: Required<TlsFiles>;

beforeAll(() => {
  ours = authority('ours');
  others = authority('others');
});
afterEach(() => servers.stopAll());
afterAll(() => rmSync(folder, { recursive: true }));

const handlers = { getSearch: () => Promise.resolve({ id: 'secret' }) };

async function callWith(tls: TlsFiles): Promise<string> {
  const { server } = await servers.serve(handlers, { address: 'localhost:0', tls: ours }, { tls: ours });
  const client = createClient('SpaceManager', server.address, { tls, deadlineMs: 10_000 });
  try {
    return (await client.getSearch({ search: 'x' })).id;
  } finally {
    client.close();
  }
}

describe('TLS', () => {
  it('lets in who shows a certificate of our authority', async () => {
    expect(await callWith(ours)).toBe('secret');
  });

  it('keeps out who shows none', async () => {
    await expect(callWith({ ca: ours.ca })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it("keeps out who shows another authority's", async () => {
    await expect(callWith({ ...others, ca: ours.ca })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it("talks to no server of another authority's", async () => {
    await expect(callWith({ ...ours, ca: others.ca })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('is needed for an address that other machines can reach', async () => {
    await expect(servers.serve(handlers, { address: '0.0.0.0:0' })).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      field: 'address',
    });
    expect(() => createClient('SpaceManager', 'nse.example:50051')).toThrow('give TLS files');
  });

  it('needs both a certificate and a key on a server', async () => {
    const half = { ca: ours.ca, cert: ours.cert };
    await expect(servers.serve(handlers, { tls: half })).rejects.toMatchObject({ field: 'tls.key' });
  });

  it('is set up by the environment', () => {
    expect(tlsFromEnvironment({})).toBeUndefined();
    expect(tlsFromEnvironment({ NSE_TLS_CA: '/a', NSE_TLS_KEY: '' })).toEqual({ ca: '/a' });
  });
});

describe('loopback addresses', () => {
  it.each(['127.0.0.1:1', '127.9.9.9:50051', 'localhost:0', '[::1]:80', 'unix:/tmp/socket'])(
    '%s is one',
    (address) => {
      expect(isLoopback(address)).toBe(true);
    },
  );

  it.each(['0.0.0.0:1', '[::]:1', '10.0.0.1:1', 'localhost.example:1', '127.0.0.1.example:1', 'nse:1', ':1'])(
    '%s is none',
    (address) => {
      expect(isLoopback(address)).toBe(false);
    },
  );
});
