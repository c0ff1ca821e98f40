import { parseConditions } from './conditions.js';

const cpu = '/sys/devices/system/cpu';
/** Two small cores and two large ones. */
const clocks = [0, 1, 2, 3].flatMap((core) => [
  `${cpu}/cpu${core}/cpufreq/scaling_cur_freq=${core < 2 ? 600_000 : 1_700_000}`,
  `${cpu}/cpu${core}/cpufreq/scaling_max_freq=${core < 2 ? 1_800_000 : 2_800_000}`,
  `${cpu}/cpu${core}/cpufreq/cpuinfo_max_freq=${core < 2 ? 1_800_000 : 2_800_000}`,
  `${cpu}/cpu${core}/cpufreq/scaling_governor=${core < 2 ? 'schedutil' : 'performance'}`,
]);
const battery = [
  'Current Battery Service state:',
  '  AC powered: false',
  '  level: 83',
  '  temperature: 312',
];

describe('the state of a phone', () => {
  test('has the clocks of the cores in use', () => {
    const { conditions, limit } = parseConditions(
      [...clocks, ...battery, 'loadavg=1.52 0.9 0.7 2/500 99'].join('\n'),
      [2, 3],
    );
    expect(conditions).toEqual({
      clocksMhz: [1_700, 1_700],
      governor: 'performance',
      temperatureC: 31.2,
      batteryPercent: 83,
      load: 1.52,
    });
    expect(limit).toBeUndefined();
  });

  test('has all cores where none is chosen, in their order', () => {
    const { conditions } = parseConditions([...clocks].reverse().join('\n'), []);
    expect(conditions).toMatchObject({
      clocksMhz: [600, 600, 1_700, 1_700],
      governor: 'schedutil, performance',
    });
  });

  test('lacks what the phone does not tell', () => {
    const text = `${cpu}/cpu[0-9]*/cpufreq/scaling_cur_freq=\nloadavg=\nCan't find service: thermalservice`;
    expect(parseConditions(text, [])).toEqual({ conditions: {} });
  });

  test('is limited by the thermal status', () => {
    expect(parseConditions('IsStatusOverride: false\nThermal Status: 0', [])).toEqual({
      conditions: { thermalStatus: 'none' },
    });
    expect(parseConditions('IsStatusOverride: false\nThermal Status: 3', [])).toEqual({
      conditions: { thermalStatus: 'severe' },
      limit: 'thermal status severe',
    });
    expect(parseConditions('Thermal Status: 9', []).limit).toBe('thermal status 9');
  });

  test('is limited by a cap on a core in use, and not by one on another', () => {
    const text = clocks
      .join('\n')
      .replace('cpu3/cpufreq/scaling_max_freq=2800000', 'cpu3/cpufreq/scaling_max_freq=2000000');
    expect(parseConditions(text, [3]).limit).toBe('clocks capped: core 3 to 2000 MHz');
    expect(parseConditions(text, [0, 1]).limit).toBeUndefined();
  });
});
