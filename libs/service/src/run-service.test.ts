import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@nse/messaging';
import { createClient } from '@nse/rpc';
import type { ReadyMessage } from './run-service.js';

const program = join(__dirname, '../dist/testing/fixture-service.js');

describe('a service', () => {
  let server: NatsServer;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    server = await startNatsServer();
  });

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await server.stop();
  });

  function start(env: Record<string, string> = {}): ChildProcess {
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, NSE_NATS_URL: server.url, NSE_LOG_LEVEL: 'error', ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    children.push(child);
    return child;
  }

  async function ready(child: ChildProcess): Promise<ReadyMessage> {
    const [message] = (await once(child, 'message')) as [ReadyMessage];
    return message;
  }

  it('tells its parent where it listens once it takes calls', async () => {
    const { kind, address } = await ready(start());
    expect(kind).toBe('ready');
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    const client = createClient('LatencyProfiler', address);
    expect(await client.listTables({})).toMatchObject({ tables: [] });
    client.close();
  });

  it('listens where it is told to', async () => {
    const first = start();
    const { address } = await ready(first);
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(await ready(start({ NSE_GRPC_ADDRESS: address }))).toEqual({ kind: 'ready', address });
  });

  it('tells its version without a NATS server', async () => {
    const child = spawn(process.execPath, [program, '--version'], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said).toMatch(/^\S+ \d+\.\d+\.\d+\n$/);
  });

  it('ends a call under way, then itself with code 0, when it is told to stop', async () => {
    const child = start();
    const { address } = await ready(child);
    const client = createClient('LatencyProfiler', address);
    await client.listTables({});
    const call = client.lookUp({ table: '600' });
    // The call is on its way before the signal.
    await client.listTables({});
    const began = performance.now();
    child.kill('SIGTERM');
    const ended = once(child, 'exit');
    expect(await call).toMatchObject({ latency: 7 });
    expect(await ended).toEqual([0, null]);
    expect(performance.now() - began).toBeLessThan(20_000);
    client.close();
  });

  it('does not end by a key press, which reaches the whole process group', async () => {
    const child = start();
    const { address } = await ready(child);
    child.kill('SIGINT');
    const client = createClient('LatencyProfiler', address);
    expect(await client.listTables({})).toMatchObject({ tables: [] });
    client.close();
  });

  it('ends when its parent is gone', async () => {
    const child = start();
    await ready(child);
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('says why it cannot start and ends with code 1', async () => {
    for (const [env, reason] of [
      [{ FIXTURE: 'fail' }, 'told to fail'],
      [{ NSE_NATS_URL: '' }, 'NSE_NATS_URL is not set'],
      [{ NSE_GRPC_ADDRESS: '0.0.0.0:0' }, 'TLS'],
    ] as const) {
      const child = start(env);
      let said = '';
      child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
      expect(await once(child, 'close')).toEqual([1, null]);
      expect(said).toContain(reason);
    }
  });
});
