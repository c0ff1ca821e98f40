import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalRuntime, repositoryRoot } from '@nse/cli';
import { type Client, createClient, type messages, toStruct } from '@nse/rpc';
import { output, running } from './programs.js';
import { startSystem } from './system.js';

/** Small networks, so that a table is built in a minute or two. */
const spec = {
  name: 'this-machine',
  dataset: { kind: 'fashion-mnist' },
  pool: 'gpu19',
  network: { plan: 'NR', depths: [0, 0, 0, 0, 0], widths: [8, 8, 8, 8, 8], tailChannels: 16 },
  constraint: { macs: { target: 1e6, drift: 0.5e6 } },
};
/** One operation a cell, and five. */
const [small, large] = ['0.0.0.0', '0,3,8,12,16.0,3,8,12,16.0,3,8,12,16.0,3,8,12,16'] as const;
const quick = ['--within', '0.2', '--max-seconds', '0.5'];

let system: Awaited<ReturnType<typeof startSystem>>;
let runtime: LocalRuntime;
let client: Client<'LatencyProfiler'>;
let folder: string;
let host: messages.Device__Output;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nse-this-machine-'));
  system = await startSystem();
  ({ runtime } = system);
  client = createClient('LatencyProfiler', runtime.endpoints.services['latency-profiler']);
  writeFileSync(join(folder, 'endpoints.json'), JSON.stringify(runtime.endpoints));
  writeFileSync(join(folder, 'spec.json'), JSON.stringify(spec));
  for await (const device of client.watchDevices({})) {
    host = device;
    break;
  }
});

afterAll(async () => {
  client.close();
  await system.stop();
  rmSync(folder, { recursive: true, force: true });
});

const main = join(repositoryRoot, 'libs/cli/dist/main.js');
const argsOf = (args: readonly string[]) => [main, ...args, '--endpoints', join(folder, 'endpoints.json')];

/** The lines that `nse` prints, as JSON. */
async function nse<T>(...args: string[]): Promise<T[]> {
  const { code, stdout, stderr } = await output(process.execPath, argsOf([...args, '--json']), 240_000);
  if (code !== 0) throw new Error(`nse ${args.join(' ')} ended with ${code}: ${stderr}`);
  const text = stdout.trim();
  // What is followed comes a line each; else it is one value, written for people too.
  if (/^\{.*\}$/m.test(text)) return text.split('\n').map((line) => JSON.parse(line) as T);
  return [JSON.parse(text) as T | T[]].flat() as T[];
}

const ofSpec = () => ['-f', join(folder, 'spec.json')];

interface Measured {
  readonly latencies?: readonly {
    readonly code: string;
    readonly medianMs: number;
    readonly runs: number;
    readonly settled?: boolean;
  }[];
}

interface Built {
  readonly job: {
    readonly state: string;
    readonly done?: number;
    readonly total?: number;
    readonly attempts?: number;
  };
  readonly table?: { readonly trust: { readonly fitted: number; readonly judged: number } };
}

/** How far the build is, once it is so far. */
async function buildAt(name: string, done: number): Promise<number> {
  for await (const { job } of client.watchTableBuild({ name })) {
    if ((job?.done ?? 0) >= done) return job?.done ?? 0;
    if (job?.state === 'DEVICE_JOB_STATE_FAILED') throw new Error(job.reason);
  }
  throw new Error('the build was over before it could be disturbed');
}

describe('this machine, as a device of a system on it', () => {
  it('is listed with what it is and runs', async () => {
    expect(host).toMatchObject({ kind: 'host', format: 'onnx', state: 'DEVICE_STATE_READY' });
    expect(host.runtime).toMatch(/^onnxruntime \d/);
    expect(await nse('device', 'list')).toMatchObject([{ id: host.id, kind: 'host', runtime: host.runtime }]);
  });

  it('takes longer for a larger architecture', async () => {
    const last = (await nse<Measured>('device', 'measure', host.id, small, large, ...ofSpec(), ...quick)).at(
      -1,
    );
    const [one, other] = last?.latencies ?? [];
    expect([one?.code, other?.code]).toEqual([small, large]);
    // Where others keep the machine busy for longer than the half second, it says that what it has is not settled.
    expect(one?.runs).toBeGreaterThanOrEqual(one?.settled === true ? 200 : 6);
    expect(other!.medianMs).toBeGreaterThan(1.5 * one!.medianMs);
  });

  it('has a table built that a killed service goes on with, and that predicts what it takes', async () => {
    const args = argsOf([
      'table',
      'build',
      'mine',
      '--device',
      host.id,
      ...ofSpec(),
      ...quick,
      '--wait',
      '--json',
    ]);
    await client.buildTable({
      name: 'mine',
      device: host.id,
      spec: toStruct(spec),
      options: { within: 0.2, maxSeconds: 0.5 },
    });
    const building = running(process.execPath, args);
    const before = await buildAt('mine', 12);
    process.kill(runtime.processes().get('latency-profiler')!, 'SIGKILL');
    const { code, stdout, stderr } = await building.ended;
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    const updates = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Built);
    // What was measured before is not measured again.
    const after = updates.filter(({ job }) => job.attempts === 2 && job.done !== undefined);
    expect(Math.min(...after.map(({ job }) => job.done ?? 0))).toBeGreaterThanOrEqual(before);
    const last = updates.at(-1);
    expect(last?.job).toMatchObject({ state: 'DEVICE_JOB_STATE_SUCCEEDED', attempts: 2 });
    expect(last?.table?.trust).toMatchObject({ fitted: 50, judged: 50 });
    const [trust] = await nse<{ spearman: number; within10: number }>('table', 'trust', 'mine');
    // Loose: others use the machine too. How far tables can be trusted is for the bench to say.
    expect(trust!.spearman).toBeGreaterThan(0.3);
    const [found] = await nse<{ latency: number }>('table', 'lookup', 'mine', large, ...ofSpec());
    const [measured] = (await client.getMeasurement({ id: await measurementOf(large) })).latencies;
    expect(found!.latency / measured!.medianMs).toBeGreaterThan(0.3);
    expect(found!.latency / measured!.medianMs).toBeLessThan(3);
  }, 900_000);
});

/** The id of a measurement of one architecture, which is waited for. */
async function measurementOf(code: string): Promise<string> {
  const { id } = await client.measureArchitectures({ device: host.id, codes: [code], spec: toStruct(spec) });
  for await (const { job } of client.watchMeasurement({ id })) {
    if (job?.state === 'DEVICE_JOB_STATE_FAILED') throw new Error(job.reason);
  }
  return id;
}
