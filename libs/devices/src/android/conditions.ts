import type { Conditions } from '../device.js';
import type { Sight } from '../throttle.js';

/** Prints all that `parseConditions` reads; what a device does not have is absent. Each cpufreq file on a line of its own. */
export const conditionsScript = `
for file in /sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_cur_freq /sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_max_freq \\
  /sys/devices/system/cpu/cpu[0-9]*/cpufreq/cpuinfo_max_freq /sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor; do
  echo "$file=$(cat "$file" 2>/dev/null)"
done
echo "loadavg=$(cat /proc/loadavg 2>/dev/null)"
dumpsys battery 2>/dev/null
dumpsys thermalservice 2>/dev/null
true`;

/** Android's thermal status, from 0, nothing, to 6, shutting down. */
const statusNames = ['none', 'light', 'moderate', 'severe', 'critical', 'emergency', 'shutdown'];

/** The state of a device; of the clocks those of the given cores, or of all where none is given. */
export function parseConditions(text: string, cores: readonly number[]): Sight {
  const frequencies = [...text.matchAll(/cpu(\d+)\/cpufreq\/(\w+)=(\S+)/g)]
    .map(([, core, file = '', value = '']) => ({ core: Number(core), file, value }))
    .filter(({ core }) => cores.length === 0 || cores.includes(core))
    .sort((a, b) => a.core - b.core);
  const of = (name: string) => frequencies.filter(({ file }) => file === name);
  const clocksMhz = of('scaling_cur_freq').map(({ value }) => Number(value) / 1_000);
  const governor = [...new Set(of('scaling_governor').map(({ value }) => value))].join(', ');
  const conditions: Conditions = {
    ...(clocksMhz.length > 0 && clocksMhz.every(Number.isFinite) ? { clocksMhz } : {}),
    ...(governor === '' ? {} : { governor }),
    ...number('temperatureC', /^\s*temperature: (-?\d+)/m.exec(text)?.[1], 0.1),
    ...number('batteryPercent', /^\s*level: (\d+)/m.exec(text)?.[1], 1),
    ...thermalStatus(text),
    ...number('load', /^loadavg=([\d.]+)/m.exec(text)?.[1], 1),
  };
  const hot = (conditions.thermalStatus ?? 'none') !== 'none';
  const limit = hot
    ? `thermal status ${conditions.thermalStatus}`
    : capped(of('scaling_max_freq'), of('cpuinfo_max_freq'));
  return limit === undefined ? { conditions } : { conditions, limit };
}

function number(name: string, text: string | undefined, unit: number): Partial<Conditions> {
  return text === undefined ? {} : { [name]: Math.round(Number(text) * unit * 10_000) / 10_000 };
}

function thermalStatus(text: string): Pick<Conditions, 'thermalStatus'> {
  const status = /^\s*Thermal Status: (\d+)/m.exec(text)?.[1];
  return status === undefined ? {} : { thermalStatus: statusNames[Number(status)] ?? status };
}

/** Cores that may not run as fast as they can: Android lowers their limit when it is hot or saves power. */
function capped(
  allowed: readonly { core: number; value: string }[],
  possible: readonly { core: number; value: string }[],
): string | undefined {
  const fastest = new Map(possible.map(({ core, value }) => [core, Number(value)]));
  const held = allowed.filter(({ core, value }) => Number(value) < (fastest.get(core) ?? 0));
  if (held.length === 0) return undefined;
  return `clocks capped: ${held.map(({ core, value }) => `core ${core} to ${Number(value) / 1_000} MHz`).join(', ')}`;
}
