import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { HostState } from './host-state.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'host-state-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

async function write(files: Readonly<Record<string, string | number>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), `${text}\n`);
  }
}

describe('HostState', () => {
  test('tells what the kernel does, of the cores in use', async () => {
    await write({
      'sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq': 800_000,
      'sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq': 3_400_000,
      'sys/devices/system/cpu/cpu1/cpufreq/scaling_governor': 'performance',
      'sys/class/thermal/thermal_zone0/type': 'iwlwifi_1',
      'sys/class/thermal/thermal_zone0/temp': 99_000,
      'sys/class/thermal/thermal_zone1/type': 'x86_pkg_temp',
      'sys/class/thermal/thermal_zone1/temp': 61_500,
      'sys/class/power_supply/BAT0/capacity': 87,
      'proc/loadavg': '1.25 0.70 0.30 2/345 678',
    });
    expect(await new HostState([1], root).look()).toEqual({
      conditions: {
        clocksMhz: [3_400],
        governor: 'performance',
        temperatureC: 61.5,
        batteryPercent: 87,
        load: 1.25,
      },
    });
  });

  test('leaves out what the system does not tell', async () => {
    expect(await new HostState([0], root).look()).toEqual({ conditions: {} });
  });

  test('says when the system slows the processor down to cool it', async () => {
    const cooler = 'sys/class/thermal/cooling_device0';
    await write({ [`${cooler}/type`]: 'Processor', [`${cooler}/cur_state`]: 0 });
    const state = new HostState([0], root);
    expect((await state.look()).limit).toBeUndefined();
    await write({ [`${cooler}/cur_state`]: 3 });
    expect((await state.look()).limit).toMatch('cools the processor');
    await write({ [`${cooler}/type`]: 'Fan' });
    expect((await state.look()).limit).toBeUndefined();
  });

  test('says when the count of throttlings rose since the last look', async () => {
    const count = 'sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count';
    await write({ [count]: 7 });
    const state = new HostState([0], root);
    expect((await state.look()).limit).toBeUndefined();
    await write({ [count]: 9 });
    expect((await state.look()).limit).toMatch('too hot');
    expect((await state.look()).limit).toBeUndefined();
  });
});
