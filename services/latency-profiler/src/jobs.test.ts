import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, type messages, toStruct } from '@nse/rpc';
import { NseError } from '@nse/space';
import { metrics } from '@nse/telemetry';
import { AT_ONCE } from './build/measuring.js';
import type { Nature } from './testing/made-up-device.js';
import { codesOf, specOf, TestSystem, until } from './testing/system.js';

let system: TestSystem;
let folder: string;

beforeAll(async () => {
  system = await TestSystem.start();
  folder = mkdtempSync(join(tmpdir(), 'nse-jobs-'));
});

afterAll(async () => {
  await system.stop();
  rmSync(folder, { recursive: true, force: true });
});

const spec = toStruct(specOf());

type Measurement = messages.Measurement__Output;

async function ended(client: Client<'LatencyProfiler'>, id: string): Promise<Measurement> {
  let last: Measurement | undefined;
  for await (const update of client.watchMeasurement({ id })) last = update;
  if (last === undefined) throw new Error('nothing was told');
  return last;
}

/** How many calls of `measure` ran side by side at most, by device and on all together. */
function sideBySide(logFile: string): Record<string, number> {
  const now: Record<string, number> = {};
  const most: Record<string, number> = {};
  for (const line of readFileSync(logFile, 'utf8').trim().split('\n')) {
    const [id = '', , what] = line.split(' ');
    for (const key of [id, 'all']) {
      now[key] = (now[key] ?? 0) + (what === 'begin' ? 1 : -1);
      most[key] = Math.max(most[key] ?? 0, now[key]);
    }
  }
  return most;
}

/** How many measurements were counted as done. */
async function succeeded(): Promise<number | undefined> {
  const { values } = await metrics.deviceAttempts.get();
  return values.find(({ labels }) => labels.kind === 'measurement' && labels.outcome === 'succeeded')?.value;
}

describe('a measurement', () => {
  it('is made once, however often it is asked for, and tells how far it is and what it has found', async () => {
    const { client } = await system.replica({ measureMs: 20 }, ['once']);
    await until(async () => (await client.listDevices({})).devices.some(({ id }) => id === 'once'));
    const request = {
      device: 'once',
      codes: codesOf(9),
      spec,
      options: { threads: 2, pinnedCores: [1, 0, 1] },
    };
    const begun = await client.measureArchitectures(request);
    expect(begun.job).toMatchObject({ device: 'once', options: { threads: 2, pinnedCores: [0, 1] } });
    expect((await client.measureArchitectures(request)).id).toBe(begun.id);
    const other = await client.measureArchitectures({ ...request, options: { threads: 1 } });
    expect(other.id).not.toBe(begun.id);
    const done = await ended(client, begun.id);
    expect(done.job).toMatchObject({
      state: 'DEVICE_JOB_STATE_SUCCEEDED',
      done: 9,
      total: 9,
      attempts: 1,
      reason: '',
    });
    expect(done.latencies.map(({ code }) => code)).toEqual(codesOf(9));
    const [first, , , , , sixth] = done.latencies;
    expect(first).toMatchObject({ runs: 50, settled: true, waits: 0 });
    expect(sixth?.medianMs).toBeGreaterThan(0);
    // One thread takes twice as long as two.
    const slower = (await ended(client, other.id)).latencies[0]?.medianMs ?? 0;
    expect(slower / (first?.medianMs ?? 0)).toBeCloseTo(2);
    expect(await client.measureArchitectures(request)).toEqual(done);
    // Counted once the record is written, by which a client sees the end.
    await until(async () => (await succeeded()) === 2);
    expect((await metrics.devices.get()).values[0]?.value).toBeGreaterThanOrEqual(1);
  });

  it('is done one at a time on each device, and on several devices at once', async () => {
    const logFile = join(folder, 'several.log');
    const { client } = await system.replica({ measureMs: 150, logFile }, ['left', 'right']);
    await until(
      async () =>
        (await client.listDevices({})).devices.filter(({ id }) => ['left', 'right'].includes(id)).length ===
        2,
    );
    const jobs = await Promise.all(
      ['left', 'right'].flatMap((device) =>
        ['0.0.0.0', '1.1.1.1', '2.2.2.2'].map((code) =>
          client.measureArchitectures({ device, codes: [code], spec }),
        ),
      ),
    );
    await Promise.all(jobs.map(({ id }) => ended(client, id)));
    expect(sideBySide(logFile)).toEqual({ left: 1, right: 1, all: 2 });
  });

  it('waits for a device that goes away in the middle, and goes on where it was when that is back', async () => {
    const logFile = join(folder, 'away.log');
    // The second call would not end by itself.
    const nature: Nature = { measureMs: 0, endlessFrom: 2, logFile };
    const { client, source } = await system.replica(nature, ['loose']);
    await until(async () => (await client.listDevices({})).devices.some(({ id }) => id === 'loose'));
    const { id } = await client.measureArchitectures({ device: 'loose', codes: codesOf(9), spec });
    await until(async () => (await client.getMeasurement({ id })).latencies.length === AT_ONCE);
    source.unplug('loose');
    const away = await until(async () => {
      const found = await client.getMeasurement({ id });
      return found.job?.state === 'DEVICE_JOB_STATE_WAITING' && found;
    });
    expect(away.job?.reason).toMatch(/"loose"(, which)? is away/);
    expect(away.latencies).toHaveLength(AT_ONCE);
    nature.endlessFrom = undefined;
    source.plug('loose');
    const done = await ended(client, id);
    expect(done.job).toMatchObject({ state: 'DEVICE_JOB_STATE_SUCCEEDED', attempts: 2 });
    expect(done.latencies.map(({ code }) => code)).toEqual(codesOf(9));
    const begun = readFileSync(logFile, 'utf8').match(/begin/g) ?? [];
    // Two calls, and one that broke off.
    expect(begun).toHaveLength(3);
  });

  it('is given up where its device stays away, with the limit that was reached', async () => {
    const { client, source } = await system.replica({ measureMs: 60_000 }, ['lost'], { awayMs: 500 });
    await until(async () => (await client.listDevices({})).devices.some(({ id }) => id === 'lost'));
    const { id } = await client.measureArchitectures({ device: 'lost', codes: codesOf(1), spec });
    await until(async () => (await client.getMeasurement({ id })).job?.state === 'DEVICE_JOB_STATE_RUNNING');
    source.unplug('lost');
    expect((await ended(client, id)).job).toMatchObject({
      state: 'DEVICE_JOB_STATE_FAILED',
      reason: expect.stringMatching(
        /^device "lost" did not come back within 1 s; attached (is|are) /,
      ) as string,
    });
  });

  it('ends at once where a client cancels it, and goes on where it was when it is asked for again', async () => {
    const nature: Nature = { measureMs: 0, endlessFrom: 2 };
    const { client } = await system.replica(nature, ['cancelled']);
    await until(async () => (await client.listDevices({})).devices.some(({ id }) => id === 'cancelled'));
    const request = { device: 'cancelled', codes: codesOf(9), spec };
    const { id } = await client.measureArchitectures(request);
    await until(async () => (await client.getMeasurement({ id })).latencies.length === AT_ONCE);
    const state = async () =>
      (await client.listDevices({})).devices.find((one) => one.id === 'cancelled')?.state;
    expect((await client.cancelMeasurement({ id })).job?.state).toBe('DEVICE_JOB_STATE_CANCELLED');
    await until(async () => (await state()) === 'DEVICE_STATE_READY');
    expect((await client.cancelMeasurement({ id })).job?.reason).toBe('a client ended it');
    nature.endlessFrom = undefined;
    await client.measureArchitectures(request);
    expect((await ended(client, id)).latencies.map(({ code }) => code)).toEqual(codesOf(9));
    await expect(client.cancelMeasurement({ id })).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
  });

  it('is tried again where a failure may pass, and given up with its reason where it does not', async () => {
    const nature: Nature = { measureMs: 0, failure: new NseError('UNAVAILABLE', 'the cable is loose') };
    const { client } = await system.replica(nature, ['failing']);
    await until(async () => (await client.listDevices({})).devices.some(({ id }) => id === 'failing'));
    const passing = await client.measureArchitectures({ device: 'failing', codes: ['0.0.0.0'], spec });
    await until(async () =>
      (await client.getMeasurement({ id: passing.id })).job?.reason.includes('the cable is loose'),
    );
    nature.failure = undefined;
    const done = await ended(client, passing.id);
    expect(done.job?.state).toBe('DEVICE_JOB_STATE_SUCCEEDED');
    expect(done.job?.attempts).toBeGreaterThan(1);
    nature.failure = new NseError('FAILED_PRECONDITION', 'no space left on device');
    const request = { device: 'failing', codes: ['1.1.1.1'], spec };
    const { id } = await client.measureArchitectures(request);
    expect((await ended(client, id)).job).toMatchObject({
      state: 'DEVICE_JOB_STATE_FAILED',
      reason: 'no space left on device',
      attempts: 1,
    });
    nature.failure = undefined;
    await client.measureArchitectures(request);
    expect((await ended(client, id)).job?.state).toBe('DEVICE_JOB_STATE_SUCCEEDED');
  });

  it('is refused with every wrong field at once', async () => {
    const { client } = await system.replica();
    const refusal = async (request: messages.MeasureArchitecturesRequest) =>
      NseError.from(await client.measureArchitectures(request).catch((error: unknown) => error));
    const wrong = await refusal({
      device: 'No Device',
      codes: ['99.x', '0.0.0.0'],
      spec,
      options: { threads: 0, pinnedCores: [-1], within: 0, maxSeconds: 1e6 },
    });
    expect(wrong.violations.map(({ field }) => field)).toEqual([
      ...['device', 'codes[0]', 'options.threads'],
      ...['options.pinned_cores', 'options.within', 'options.max_seconds'],
    ]);
    const bare = await refusal({});
    expect(bare.violations.map(({ field }) => field)).toEqual(['device', 'search', 'codes']);
    expect(await refusal({ device: 'none', codes: ['0.0.0.0'], spec })).toMatchObject({
      code: 'NOT_FOUND',
      field: 'device',
    });
    expect(await refusal({ device: 'none', codes: ['0.0.0.0'], search: 'none' })).toMatchObject({
      code: 'NOT_FOUND',
      field: 'search',
    });
    await expect(client.getMeasurement({ id: 'x' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'id',
    });
    const id = '0123456789ab';
    for (const call of ['getMeasurement', 'cancelMeasurement'] as const) {
      await expect(client[call]({ id })).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'id' });
    }
    await expect(client.watchMeasurement({ id }).next()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
