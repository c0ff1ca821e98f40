import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient, toStruct } from '@nse/rpc';
import { AT_ONCE } from './build/measuring.js';
import { codesOf, specOf, TestSystem, until } from './testing/system.js';

const program = join(__dirname, '../dist/testing/fixture-profiler.js');

let system: TestSystem;
let folder: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  system = await TestSystem.start();
  folder = mkdtempSync(join(tmpdir(), 'nse-profilers-'));
});

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

afterAll(async () => {
  await system.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Process {
  readonly child: ChildProcess;
  readonly client: Client<'LatencyProfiler'>;
}

async function start(devices: string, logFile: string, measureMs: number): Promise<Process> {
  const child = spawn(process.execPath, [program], {
    env: {
      ...process.env,
      NSE_NATS_URL: system.nats.url,
      NSE_LOG_LEVEL: 'error',
      FIXTURE_DEVICES: devices,
      FIXTURE_LOG: logFile,
      FIXTURE_MS: String(measureMs),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  running.push(child);
  const [{ address }] = (await once(child, 'message')) as [{ address: string }];
  return { child, client: createClient('LatencyProfiler', address) };
}

async function kill({ child, client }: Process): Promise<void> {
  client.close();
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const spec = toStruct(specOf());
const begun = (logFile: string) => [...readFileSync(logFile, 'utf8').matchAll(/^(\S+) (\d+) begin$/gm)];

async function succeeded({ client }: Process, id: string) {
  return await until(async () => {
    const found = await client.getMeasurement({ id });
    return found.job?.state === 'DEVICE_JOB_STATE_SUCCEEDED' && found;
  });
}

describe('a process that is killed in the middle of a measurement', () => {
  it('is followed by another, which goes on where it was', async () => {
    const logFile = join(folder, 'killed.log');
    const first = await start('phone', logFile, 400);
    await until(async () => (await first.client.listDevices({})).devices.length > 0);
    const { id } = await first.client.measureArchitectures({ device: 'phone', codes: codesOf(9), spec });
    await until(async () => (await first.client.getMeasurement({ id })).latencies.length === AT_ONCE);
    await kill(first);
    const second = await start('phone', logFile, 0);
    const done = await succeeded(second, id);
    expect(done.job?.attempts).toBe(2);
    expect(done.latencies.map(({ code }) => code)).toEqual(codesOf(9));
    // Those that were measured are not measured again; of the others at most one try was lost.
    expect(begun(logFile).length).toBeLessThanOrEqual(3);
    second.client.close();
  });

  it('is replaced by one that has the same device and stood by, and by no one that has not', async () => {
    const logFile = join(folder, 'stands-by.log');
    const first = await start('pair', logFile, 400);
    await until(async () => (await first.client.listDevices({})).devices.some(({ id }) => id === 'pair'));
    const [second, third] = [await start('pair', logFile, 0), await start('', logFile, 0)];
    const { id } = await third.client.measureArchitectures({ device: 'pair', codes: codesOf(9), spec });
    await until(async () => (await third.client.getMeasurement({ id })).latencies.length === AT_ONCE);
    expect(new Set(begun(logFile).map(([, , pid]) => pid))).toEqual(new Set([String(first.child.pid)]));
    await kill(first);
    const done = await succeeded(third, id);
    expect(done.latencies).toHaveLength(9);
    expect(begun(logFile).at(-1)?.[2]).toBe(String(second.child.pid));
    for (const { client } of [second, third]) client.close();
  });

  it('can write nothing of a job any more that another has taken over, where it only hung', async () => {
    const logFile = join(folder, 'hung.log');
    const first = await start('hanging', logFile, 300);
    await until(async () => (await first.client.listDevices({})).devices.some(({ id }) => id === 'hanging'));
    const second = await start('hanging', logFile, 0);
    const { id } = await second.client.measureArchitectures({ device: 'hanging', codes: codesOf(9), spec });
    await until(async () => (await second.client.getMeasurement({ id })).latencies.length === AT_ONCE);
    first.child.kill('SIGSTOP');
    const done = await succeeded(second, id);
    first.child.kill('SIGCONT');
    const { devices } = await first.client.listDevices({});
    expect(devices.find((device) => device.id === 'hanging')?.state).toBe('DEVICE_STATE_READY');
    expect(await second.client.getMeasurement({ id })).toEqual(done);
    expect(done.job?.attempts).toBe(2);
    for (const { client } of [first, second]) client.close();
  });
});
