import { type messages, toTimestamp } from '@nse/rpc';
import { jsonLines, nse } from '../testing/command.js';
import { Served } from '../testing/served.js';

let served: Served;
const asked: Record<string, unknown> = {};

function note<T>(name: string, request: T): T {
  asked[name] = request;
  return request;
}

const device = (more: messages.Device): messages.Device => ({
  ...{ kind: 'android', model: 'Pixel 9', runtime: 'benchmark_model', format: 'tflite', cores: 8 },
  ...{ state: 'DEVICE_STATE_READY', seenTime: toTimestamp('2026-01-02T03:04:05Z') },
  ...more,
});
const devices = [
  device({ id: 'host-a', kind: 'host', state: 'DEVICE_STATE_BUSY', job: 'table mine', waiting: 2 }),
  device({
    id: 'shy',
    state: 'DEVICE_STATE_AWAY',
    properties: { unusable: 'unauthorized: allow USB debugging on its screen' },
  }),
];
const job = (more: messages.DeviceJob): messages.DeviceJob => ({
  ...{ device: 'host-a', state: 'DEVICE_JOB_STATE_RUNNING', done: 3, total: 9, what: 'MBConv k3 t3' },
  ...more,
});
const over = { state: 'DEVICE_JOB_STATE_SUCCEEDED', done: 9 } as const;
const latency = { code: '0', medianMs: 1.5, lowMs: 1.4, highMs: 1.6, runs: 200, settled: true };
const trust = {
  ...{ fitted: 30, judged: 30, within5: 0.9, within10: 1, kendall: 0.8, spearman: 0.95 },
  ...{ worstError: -0.08, worstCode: '0.3', scale: 1.02, biasMs: -0.1, additionMs: 0.002 },
  ...{ factors: 150, leastFactor: 0.91, largestFactor: 1.2 },
};
const table = {
  name: 'mine',
  unit: 'ms',
  entries: 12,
  kind: 'TABLE_KIND_OPERATIONS',
  device: 'host-a',
  trust,
} as const;

beforeAll(async () => {
  served = await Served.start({
    latencyProfiler: {
      listDevices: () => Promise.resolve({ devices }),
      watchDevices: async function* () {
        await Promise.resolve();
        yield* devices;
      },
      measureArchitectures: (request) =>
        Promise.resolve({ id: note('measure', request).codes[0] === '9' ? 'bad' : 'm1', job: job({}) }),
      watchMeasurement: async function* ({ id }) {
        await Promise.resolve();
        yield { id, job: job({ state: 'DEVICE_JOB_STATE_WAITING', reason: 'device "host-a" is away' }) };
        if (id === 'bad')
          yield { id, job: job({ state: 'DEVICE_JOB_STATE_FAILED', reason: 'storage full' }) };
        else yield { id, job: job(over), latencies: [latency, { ...latency, settled: false, waits: 3 }] };
      },
      buildTable: (request) =>
        Promise.resolve({ name: note('build', request).name, job: job({ secondsLeft: 65 }) }),
      watchTableBuild: async function* ({ name }) {
        await Promise.resolve();
        yield { name, job: job({}) };
        yield { name, job: job(over), table };
      },
      getTableBuild: ({ name }) => Promise.resolve({ name, job: job({ secondsLeft: 65 }) }),
      cancelTableBuild: ({ name }) =>
        Promise.resolve({
          name,
          job: job({ state: 'DEVICE_JOB_STATE_CANCELLED', reason: 'a client ended it' }),
        }),
      getTable: ({ name }) => Promise.resolve({ table: name === 'mine' ? table : { name, unit: 'ms' } }),
    },
  });
});

afterAll(async () => {
  await served.stop();
});

const run = (...args: string[]) => nse([...args, '--endpoints', served.endpointsFile]);
const preset = ['--preset', 'cifar10'];

describe('nse device', () => {
  it('lists what is attached, what is done on it, and what it would take to use one', async () => {
    const { stdout } = await run('device', 'list');
    expect(stdout).toMatch(/\nhost-a +host +busy +8 .* 2026-01-02 03:04:05 +table mine, 2 waiting\n/);
    expect(stdout).toMatch(/\nshy +android +unauthorized: allow USB debugging on its screen +8 /);
    expect(JSON.parse((await run('device', 'list', '--json')).stdout)).toMatchObject([
      { id: 'host-a' },
      { id: 'shy', properties: { unusable: 'unauthorized: allow USB debugging on its screen' } },
    ]);
  });

  it('watches them until it is stopped, a line each', async () => {
    const stop = new AbortController();
    const { stdout } = await nse(['device', 'watch', '--endpoints', served.endpointsFile], {
      signal: stop.signal,
      onOutput: (text) => {
        if (text.includes('shy')) stop.abort();
      },
    });
    expect(stdout).toContain('host-a  busy  Pixel 9  table mine\nshy  unauthorized: ');
  });

  it('measures, says what it waits for, and how sure it is', async () => {
    const { code, stdout } = await run(
      'device',
      'measure',
      'host-a',
      '0',
      '0',
      ...preset,
      '--pin',
      '1,2',
      '--threads',
      '2',
    );
    expect(code).toBe(0);
    expect(asked['measure']).toMatchObject({
      ...{ device: 'host-a', codes: ['0', '0'] },
      options: { threads: 2, pinnedCores: [1, 2] },
    });
    expect(stdout).toContain('Waiting: device "host-a" is away\n');
    expect(stdout).toMatch(/1\.500 ms +1\.400 ms +1\.600 ms +200 +0\n/);
    expect(stdout).toMatch(/ 200, not settled, waited 3x +0\n/);
    const lines = jsonLines((await run('device', 'measure', 'host-a', '0', ...preset, '--json')).stdout);
    expect(lines).toMatchObject([
      { job: { reason: 'device "host-a" is away' } },
      { latencies: [{ code: '0' }, {}] },
    ]);
  });

  it('fails with the reason where a measurement does, and refuses what nothing can be measured with', async () => {
    const failed = await run('device', 'measure', 'host-a', '9', ...preset);
    expect(failed.code).not.toBe(0);
    expect(failed.stderr).toContain('measurement bad failed: storage full');
    expect((await run('device', 'measure', 'host-a', '0')).code).toBe(2);
    expect((await run('device', 'measure', 'host-a', '0', ...preset, '--pin', 'a')).code).toBe(2);
  });
});

describe('nse table', () => {
  it('has one built, and returns at once or waits for it', async () => {
    const begun = await run('table', 'build', 'mine', '--device', 'host-a', ...preset);
    expect(begun.stdout).toMatch(/^table mine of host-a: running, 3 of 9, 1 min 5 s left: MBConv k3 t3\n$/);
    expect(asked['build']).toMatchObject({ name: 'mine', device: 'host-a' });
    const { stdout } = await run('table', 'build', 'mine', '--device', 'host-a', ...preset, '--wait');
    expect(stdout).toMatch(/table mine is built: 12 entries\n[^]* within 10 % +100\.0 %\n/);
  });

  it('says how far a build is, and ends one', async () => {
    expect((await run('table', 'status', 'mine')).stdout).toMatch(/running, 3 of 9, /);
    expect((await run('table', 'cancel', 'mine')).stdout).toMatch(/cancelled, 3 of 9: a client ended it/);
  });

  it('says how far a table can be trusted, where that was measured', async () => {
    const { stdout } = await run('table', 'trust', 'mine');
    expect(stdout).toContain('Measured on host-a: 60 random architectures');
    expect(stdout).toContain('Corrected by 30 of them: 1.0200 x sum + 0.0020 ms an addition - 0.1000 ms');
    expect(stdout).toContain('the times of 150 operations by 0.91 to 1.20 each');
    expect(stdout).toMatch(/0\.950 \(Spearman\), 0\.800 \(Kendall\)\n +farthest off +-8\.0 %, 0\.3\n/);
    expect(JSON.parse((await run('table', 'trust', 'mine', '--json')).stdout)).toMatchObject({ within10: 1 });
    const unknown = await run('table', 'trust', 'imported');
    expect([unknown.code, unknown.stderr]).toEqual([
      expect.any(Number),
      expect.stringContaining('nobody has measured'),
    ]);
    expect(unknown.code).not.toBe(0);
  });
});
