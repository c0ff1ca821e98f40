import { createClient } from './client.js';
import { TestCertificates } from './testing/authority.js';
import { TestServers } from './testing/serve.js';
import { isLoopback, type TlsFiles, tlsFromEnvironment } from './tls.js';

const certificates = new TestCertificates();
const servers = new TestServers();

let ours: Required<TlsFiles>;
let others: Required<TlsFiles>;

beforeAll(() => {
  for (const name of ['ours', 'others']) certificates.authority(name);
  ours = certificates.signed('ours', 'ours-leaf');
  others = certificates.signed('others', 'others-leaf');
});
afterEach(() => servers.stopAll());
afterAll(() => certificates.remove());

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
