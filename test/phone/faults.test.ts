import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Attached, never, quick } from './attached.js';
import { modelOf } from './models.js';
import { describeWithTestPhone } from './programs.js';
import type { TestPhone } from './test-phone.js';

/** What lies in our folder on the phone, but for the benchmark program. */
function leftOn(phone: TestPhone): string[] {
  const folder = join(phone.root, 'data/local/tmp/nse-test');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name !== 'models' && !/^program-[0-9a-f]{16}$/.test(name));
}

/** Resolves once the phone runs a benchmark. */
async function benchmarkOn(phone: TestPhone): Promise<void> {
  while (!phone.heard.some((command) => command.includes('--graph='))) await phone.changed();
}

describeWithTestPhone('phones that fail', () => {
  let attached: Attached;
  beforeAll(async () => {
    attached = await Attached.start();
  });
  afterAll(() => attached.stop());
  const device = (phone: TestPhone) => attached.seen.device(phone.serial);

  test('an unplugged phone can be tried again, and nothing is left of what broke off', async () => {
    const phone = await attached.phone();
    const first = await device(phone);
    phone.settings = { BENCHMARK_DELAY_MS: '60000' };
    const measuring = first.measure([modelOf(1)], quick, never);
    await benchmarkOn(phone);
    phone.unplug();
    await expect(measuring).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    await attached.seen.until(() => !attached.seen.devices.has(first.facts.id));
    expect(leftOn(phone)).not.toEqual([]);
    expect(phone.running).toBe(1);

    phone.settings = {};
    await phone.plug();
    // adb may try to reach it again by itself, until then it is listed.
    await attached.adb.run('disconnect', phone.serial).catch(() => undefined);
    await attached.adb.connect(phone.serial);
    const again = await device(phone);
    expect(again.facts.id).toBe(first.facts.id);
    // Before it counts as attached, what broke off is ended and removed.
    expect(leftOn(phone)).toEqual([]);
    while (phone.running > 0) await phone.changed();
    const [measured] = await again.measure([modelOf(1)], quick, never);
    expect(measured!.medianMs).toBeGreaterThan(0);
  });

  test('a cable that comes out while a model is copied leaves no model', async () => {
    const phone = await attached.phone();
    const first = await device(phone);
    phone.unplugAfterBytes = 100_000;
    await expect(first.measure([modelOf(4)], quick, never)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(leftOn(phone).filter((name) => name.endsWith('.tflite'))).toEqual([]);
  });

  test('a full storage is named', async () => {
    const phone = await attached.phone();
    phone.freeBytes = 100_000;
    await expect((await device(phone)).measure([modelOf(4)], quick, never)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'StorageFull',
      message: expect.stringContaining('No space left on device') as string,
    });
    expect(leftOn(phone)).toEqual([]);
  });

  test('a slow phone is measured for as long as it may be', async () => {
    const phone = await attached.phone();
    phone.settings = { BENCHMARK_DELAY_MS: '300' };
    const slow = { ...quick, within: 0, minRuns: 100, maxSeconds: 1 };
    const [measured] = await (await device(phone)).measure([modelOf(1)], slow, never);
    expect(measured).toMatchObject({ settled: false });
    expect(measured!.medianMs).toBeGreaterThan(300);
    // Four runs of 300 ms are more than the second that there was.
    expect(measured!.runs).toBeLessThanOrEqual(4);
  });

  test('a stopped measurement ends what runs on the phone', async () => {
    const phone = await attached.phone();
    const there = await device(phone);
    phone.settings = { BENCHMARK_DELAY_MS: '60000' };
    const stop = new AbortController();
    const measuring = there.measure([modelOf(1)], quick, stop.signal);
    await benchmarkOn(phone);
    stop.abort();
    await expect(measuring).rejects.toMatchObject({ code: 'ABORTED' });
    while (phone.running > 0) await phone.changed();
    expect(leftOn(phone)).toEqual([]);
  });

  test('a phone that is hot is waited for, until it has cooled down', async () => {
    const phone = await attached.phone();
    const there = await device(phone);
    phone.heat(2);
    const measuring = there.measure([modelOf(1)], quick, never);
    await benchmarkOn(phone);
    const commands = phone.heard.length;
    while (phone.heard.length < commands + 3) await phone.changed();
    phone.cool();
    const [measured] = await measuring;
    expect(measured!.waits).toBeGreaterThan(0);
  });

  test('a clock that stays capped is waited for once', async () => {
    const phone = await attached.phone();
    const there = await device(phone);
    phone.capClock(0, 1_200_000);
    const [first] = await there.measure([modelOf(1)], quick, never);
    expect(first!.waits).toBeGreaterThan(0);
    const [second] = await there.measure([modelOf(1)], quick, never);
    expect(second!.waits).toBe(0);
  });

  test.each(['old', 'percentiles'])('reads the output of a version that is %s', async (version) => {
    const phone = await attached.phone();
    phone.settings = { BENCHMARK_OUTPUT: version };
    const [measured] = await (await device(phone)).measure([modelOf(2)], quick, never);
    expect(measured!.medianMs).toBeGreaterThan(0);
    expect(measured!.runs).toBeGreaterThanOrEqual(quick.minRuns);
  });

  test('an old Android, whose shell tells no exit codes, is measured, and its failures are told', async () => {
    const phone = await attached.phone({ features: [] });
    const there = await device(phone);
    const [measured] = await there.measure([modelOf(1)], quick, never);
    expect(measured!.medianMs).toBeGreaterThan(0);
    await expect(there.measure([Buffer.from('no model')], quick, never)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: expect.stringContaining('failed with code 1') as string,
    });
  });

  test('two phones of one model are two devices, measured at the same time', async () => {
    const phones = [await attached.phone({ model: 'Twin' }), await attached.phone({ model: 'Twin' })];
    const [one, other] = await Promise.all(phones.map(device));
    expect(one!.facts.model).toBe(other!.facts.model);
    expect(one!.facts.id).not.toBe(other!.facts.id);
    const both = await Promise.all([one!, other!].map((each) => each.measure([modelOf(1)], quick, never)));
    expect(both.flat().every(({ medianMs }) => medianMs > 0)).toBe(true);
    for (const phone of phones)
      expect(phone.heard.some((command) => command.includes('--graph='))).toBe(true);
  });

  test('a phone that does not allow the computer is told of, and used once it does', async () => {
    const phone = await attached.phone({ authorized: false });
    while (
      !attached.notices.includes(
        `${phone.serial} is attached, but unauthorized: allow USB debugging on its screen`,
      )
    )
      await attached.noticed();
    expect(attached.seen.came).not.toContain(phone.serial);
    const refusingNow = () =>
      [...attached.seen.unusable.values()].find(({ properties }) => properties['serial'] === phone.serial);
    await attached.seen.until(() => refusingNow()?.state === 'unauthorized');
    const refusing = refusingNow();
    expect(refusing).toMatchObject({
      ...{ kind: 'android', state: 'unauthorized', hint: 'allow USB debugging on its screen' },
    });
    phone.authorize();
    const { facts } = await device(phone);
    expect(facts.id).toBe(refusing?.id);
    expect(facts.properties['serial']).toBe(phone.serial);
    expect(refusingNow()).toBeUndefined();
  });

  test('phones are back when the adb server is', async () => {
    const phone = await attached.phone();
    const { facts } = await device(phone);
    await attached.adb.end();
    await attached.seen.until(() => attached.seen.devices.size === 0);
    await attached.adb.serve();
    await attached.adb.connect(phone.serial);
    expect((await device(phone)).facts.id).toBe(facts.id);
    expect(attached.notices).toContain('the adb server is back');
  });

  test('without a benchmark_model it is said where one comes from', async () => {
    const phone = await attached.phone();
    const bare = await attached.withoutProgram(phone.serial);
    await expect(bare.measure([modelOf(1)], quick, never)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: expect.stringContaining('NSE_BENCHMARK_MODEL') as string,
    });
  });
});

describeWithTestPhone('the test device', () => {
  test('speaks to the real adb: files, exit codes, properties', async () => {
    const attached = await Attached.start();
    try {
      const phone = await attached.phone();
      const on = ['-s', phone.serial];
      const file = join(__dirname, 'benchmark_model.py');
      await attached.adb.run(...on, 'push', file, '/data/local/tmp/copy');
      await attached.adb.run(...on, 'pull', '/data/local/tmp/copy', join(phone.root, 'back'));
      expect(readFileSync(join(phone.root, 'back'))).toEqual(readFileSync(file));
      const sums = await attached.adb.run(...on, 'shell', 'sha256sum /data/local/tmp/copy');
      expect(sums).toMatch(/^[0-9a-f]{64} /);
      expect(await attached.adb.run(...on, 'shell', 'getprop')).toContain('[ro.product.model]: [Test Phone]');
      await expect(attached.adb.run(...on, 'shell', 'exit 7')).rejects.toMatchObject({ code: 7 });
    } finally {
      await attached.stop();
    }
  });
});
