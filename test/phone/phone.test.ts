import { androidDevices, type Device } from '@nse/devices';
import { Attached, never, quick, rules } from './attached.js';
import { modelOf } from './models.js';
import { benchmarkModel, describeWithPhone, realPhone } from './programs.js';
import { Seen } from './seen.js';

describeWithPhone('a phone', () => {
  let attached: Attached | undefined;
  let seen: Seen;
  let device: Device;

  beforeAll(async () => {
    if (realPhone === undefined) {
      attached = await Attached.start();
      seen = attached.seen;
      device = await seen.device((await attached.phone()).serial);
    } else {
      const server = process.env['ADB_SERVER_SOCKET'];
      seen = new Seen(androidDevices({ server, benchmarkModel: benchmarkModel(), name: 'test', rules }));
      device = await seen.device(realPhone);
    }
  });
  afterAll(async () => {
    await (attached ?? seen).stop();
  });

  test('tells what it is', () => {
    const { facts } = device;
    expect(facts.id).toMatch(/^android-[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/);
    expect(facts).toMatchObject({ kind: 'android', format: 'tflite' });
    expect(facts.model).not.toBe('');
    expect(facts.runtime).toMatch(/^benchmark_model sha256:[0-9a-f]{12}$/);
    expect(facts.cores).toBeGreaterThan(0);
    expect(Object.keys(facts.properties)).toEqual(
      expect.arrayContaining(['ro.product.cpu.abi', 'ro.build.version.release', 'ro.build.fingerprint']),
    );
  });

  test('takes longer for more work, and tells its state', async () => {
    const [small, large] = await device.measure([modelOf(2), modelOf(12)], quick, never);
    // Ten more of the operation, beside what surrounds them.
    const ratio = large!.medianMs / small!.medianMs;
    expect(ratio).toBeGreaterThan(1.5);
    expect(ratio).toBeLessThan(12);
    for (const { lowMs, medianMs, highMs, runs, before, after } of [small!, large!]) {
      expect(lowMs).toBeLessThanOrEqual(medianMs);
      expect(medianMs).toBeLessThanOrEqual(highMs);
      expect(runs).toBeGreaterThanOrEqual(quick.minRuns);
      expect(runs).toBeLessThanOrEqual(quick.maxRuns);
      expect(before.batteryPercent).toBeGreaterThan(0);
      expect(after.temperatureC).toBeGreaterThan(0);
    }
  });

  test('measures on the cores that it is told, and on no others', async () => {
    const [measured] = await device.measure([modelOf(2)], { ...quick, pinned: [0] }, never);
    expect(measured!.medianMs).toBeGreaterThan(0);
    // The mask of core 0. A real phone does not tell what it was given.
    const heard = attached?.phones[0]?.heard.filter((command) => command.includes('--graph=')) ?? [];
    expect(heard.slice(-6).every((command) => command.includes("exec 'taskset' '1' "))).toBe(true);
    const unknown = { ...quick, pinned: [device.facts.cores] };
    await expect(device.measure([modelOf(2)], unknown, never)).rejects.toMatchObject({ field: 'pinned' });
  });

  test('says what benchmark_model said of a model that it cannot run', async () => {
    const broken = Buffer.from(modelOf(1)).fill(0xff, 64, 4_096);
    await expect(device.measure([broken], quick, never)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^benchmark_model .*(error|fail|signal)/i) as string,
    });
  });
});
