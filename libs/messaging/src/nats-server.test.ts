import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectBus } from './bus.js';
import { findNatsServer, natsServerConfig, startNatsServer } from './nats-server.js';

const folder = mkdtempSync(join(tmpdir(), 'nse-find-'));
afterAll(() => rmSync(folder, { recursive: true }));

function program(...parts: string[]): string {
  const path = join(folder, ...parts);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '');
  chmodSync(path, 0o755);
  return path;
}

describe('the nats-server program', () => {
  it('is the one that is named, then the one on the PATH, then the newest that the set-up unpacked', () => {
    const onPath = program('path', 'nats-server');
    program('cache', `nats-server-2.14.0-${process.arch}`, 'nats-server');
    const cached = program('cache', `nats-server-2.15.1-${process.arch}`, 'nats-server');
    program('cache', 'nats-server-9.0.0-otherarch', 'nats-server');
    const env = { NSE_CACHE: join(folder, 'cache') };
    expect(findNatsServer({ ...env, NSE_NATS_SERVER: '/named', PATH: join(folder, 'path') })).toBe('/named');
    expect(findNatsServer({ ...env, PATH: join(folder, 'path') })).toBe(onPath);
    expect(findNatsServer({ ...env, PATH: '/nowhere' })).toBe(cached);
  });

  it('is missed with a word on what to do', () => {
    expect(() => findNatsServer({ NSE_CACHE: '/nowhere', PATH: '' })).toThrow('./nse doctor');
  });
});

describe('a nats-server of our own', () => {
  it('listens on the loopback interface alone and syncs every write', () => {
    const config = natsServerConfig({ port: 4222, portsDir: '/ports', storeDir: '/var/lib/"nse"' });
    expect(config).toContain('host: 127.0.0.1');
    expect(config).toContain('sync_interval: always');
    expect(config).toContain('store_dir: "/var/lib/\\"nse\\""');
  });

  it('has as much room for its files as it is told', () => {
    const config = () => natsServerConfig({ port: 4222, portsDir: '/ports', storeDir: '/var/lib/nse' });
    expect(config()).toContain('max_file_store: 32GB');
    process.env['NSE_NATS_MAX_STORE'] = '100GB';
    expect(config()).toContain('max_file_store: 100GB');
    process.env['NSE_NATS_MAX_STORE'] = 'much';
    expect(config).toThrow('NSE_NATS_MAX_STORE: "much"');
    delete process.env['NSE_NATS_MAX_STORE'];
  });

  it('says why it did not start', async () => {
    const server = await startNatsServer();
    await expect(startNatsServer({ port: server.port })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('address already in use') as unknown,
    });
    await server.stop();
  });

  it('keeps its files when they are put in a place of their own', async () => {
    const storeDir = join(folder, 'store');
    const first = await startNatsServer({ storeDir });
    const bus = await connectBus({ url: first.url, name: 'tests' });
    await (await bus.states('KEPT', (value) => value)).create('key', 'value');
    await bus.close();
    await first.stop();
    const second = await startNatsServer({ storeDir });
    const again = await connectBus({ url: second.url, name: 'tests' });
    expect((await (await again.states('KEPT', (value) => value)).get('key'))?.value).toBe('value');
    await again.close();
    await second.stop();
  });
});
