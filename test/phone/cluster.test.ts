import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { benchmarkModel, describeWithTestPhone, programs } from './programs.js';
import { TestPhone } from './test-phone.js';

/**
 * In a real cluster, for test/cluster/run: adb beside the profiler, and a phone of the network. NSE_TEST_PHONE_HOST is an address of this
 * machine that pods reach; NSE_TEST_CODE is an architecture of the spec there.
 */
const host = process.env['NSE_TEST_PHONE_HOST'];
const code = process.env['NSE_TEST_CODE'] ?? '';
if (host === undefined)
  process.stderr.write('cluster.test.ts: skipped, NSE_TEST_PHONE_HOST names no address that pods reach\n');

const root = join(__dirname, '../..');
const spec = join(root, 'test/cluster/spec.json');
const [SECOND_MS, MINUTE_MS] = [1_000, 60_000];

async function run(program: string, ...args: readonly string[]): Promise<string> {
  const options = { cwd: root, timeout: 5 * MINUTE_MS, maxBuffer: 64 * 1024 * 1024 };
  return (await promisify(execFile)(program, args, options)).stdout;
}
const nse = (...args: readonly string[]) => run('./nse', '--namespace', 'nse', ...args);
const kubectl = (...args: readonly string[]) => run('kubectl', '--namespace', 'nse', ...args);

/** Asks again until there is an answer; raises after five minutes. */
async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = Date.now() + 5 * MINUTE_MS;
  while (Date.now() < end) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(SECOND_MS);
  }
  throw new Error(`${what}: not within five minutes`);
}

(host === undefined ? describe.skip : describeWithTestPhone)('a phone at an adb server in a cluster', () => {
  jest.setTimeout(10 * MINUTE_MS);
  let folder: string;
  let phone: TestPhone;
  let id: string;

  /** Another limit is another measurement; an equal one would be told, not made anew. */
  const measured = async (maxSeconds: number) => {
    const how = ['--within', '0.5', '--max-seconds', String(maxSeconds), '--json'];
    const args = ['device', 'measure', id, code, '-f', spec, ...how];
    const lines = (await nse(...args)).trim().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '{}') as { latencies: { code: string; medianMs: number }[] };
    expect(last.latencies.map((each) => each.code)).toEqual([code]);
    return last.latencies[0]!.medianMs;
  };
  const pod = async () =>
    (await kubectl('get', 'pods', '-l', 'app.kubernetes.io/name=device-profiler', '-o', 'name')).trim();

  beforeAll(async () => {
    phone = await TestPhone.start({ host: host ?? '', port: 5555 });
    folder = mkdtempSync(join(tmpdir(), 'nse-adb-key-'));
    const key = join(folder, 'adbkey');
    await run(programs.adb, 'keygen', key);
    const files = [`--from-file=${key}`, `--from-file=${key}.pub`];
    await kubectl('create', 'secret', 'generic', 'adb-key', ...files);
    await run('k8s/fill-data', '--claim', 'device-programs', benchmarkModel(), '.');
    // The program is read when a profiler starts.
    await kubectl('rollout', 'restart', 'daemonset/device-profiler');
    await kubectl('rollout', 'status', 'daemonset/device-profiler', '--timeout=300s');
  });
  afterAll(() => {
    phone.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is connected to and listed, with what it tells of itself', async () => {
    const found = await until('the phone is listed', async () => {
      const devices = JSON.parse(await nse('device', 'list', '--json')) as Record<string, unknown>[];
      return devices.find(({ kind }) => kind === 'android');
    });
    id = String(found['id']);
    const properties = expect.objectContaining({ serial: phone.serial }) as unknown;
    expect(found).toMatchObject({ model: 'Test Phone', format: 'tflite', properties });
  });

  test('measures an architecture', async () => {
    expect(await measured(5)).toBeGreaterThan(0);
    expect(phone.heard.some((command) => command.includes('--graph='))).toBe(true);
  });

  test('goes on with a measurement when it is back on the network', async () => {
    phone.settings = { BENCHMARK_DELAY_MS: `${2 * SECOND_MS}` };
    const before = phone.heard.length;
    const measuring = measured(6);
    measuring.catch(() => undefined);
    const runs = () => phone.heard.slice(before).some((command) => command.includes('--graph='));
    await until('it runs', () => runs() || undefined);
    phone.unplug();
    phone.settings = {};
    await delay(5 * SECOND_MS);
    await phone.plug();
    const broken = phone.heard.length;
    expect(await measuring).toBeGreaterThan(0);
    expect(phone.heard.slice(broken).some((command) => command.includes('--graph='))).toBe(true);
  });

  test('is connected to by the next pod too, whose adb server knows no phone', async () => {
    const old = await pod();
    await kubectl('delete', old, '--wait=true');
    const fresh = await until('there is another pod', async () => {
      const now = await pod();
      return now === '' || now.includes('\n') || now === old ? undefined : now;
    });
    await kubectl('wait', '--for=condition=Ready', '--timeout=300s', fresh);
    expect(await measured(7)).toBeGreaterThan(0);
  });
});
