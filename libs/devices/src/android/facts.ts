import { NseError } from '@nse/space';
import { parseCoreList } from '../cores.js';
import type { DeviceFacts } from '../device.js';
import type { DeviceFolder, Program } from './folder.js';
import { deviceId } from './device-id.js';
import { brief } from './push.js';

/** What is kept of the hundreds of properties of an Android. */
const kept = [
  'ro.product.manufacturer',
  'ro.product.model',
  'ro.product.device',
  'ro.soc.manufacturer',
  'ro.soc.model',
  'ro.board.platform',
  'ro.product.cpu.abi',
  'ro.build.version.release',
  'ro.build.version.sdk',
  'ro.build.fingerprint',
];

/** The script whose output `parseFacts` reads. */
const script = 'cat /sys/devices/system/cpu/possible; getprop';

/** What a phone tells of itself. Raises UNAVAILABLE while it still starts. */
export async function deviceFacts(
  serial: string,
  folder: DeviceFolder,
  program: Program | undefined,
  signal: AbortSignal,
): Promise<DeviceFacts> {
  const text = await folder.run(script, 'asking for properties', signal);
  const properties = parseProperties(text);
  if (properties.get('sys.boot_completed') !== '1')
    throw new NseError('UNAVAILABLE', `${serial} has not finished to start`);
  return {
    id: deviceId(serial),
    kind: 'android',
    model: properties.get('ro.product.model') ?? 'unknown Android',
    runtime: `benchmark_model ${program === undefined ? '(missing)' : `sha256:${program.sha256.slice(0, 12)}`}`,
    format: 'tflite',
    cores: parseCoreList(text.split('\n', 1)[0] ?? '').length,
    properties: { serial: brief(serial), ...Object.fromEntries(kept.flatMap(told(properties))) },
  };
}

/** The property with its name, where the device has it. */
function told(properties: ReadonlyMap<string, string>): (key: string) => [string, string][] {
  return (key) => {
    const value = properties.get(key) ?? '';
    return value === '' ? [] : [[key, value]];
  };
}

/** Lines `[key]: [value]` of getprop; values as printable text. */
function parseProperties(text: string): ReadonlyMap<string, string> {
  const pairs = [...text.matchAll(/^\[([\w.-]+)\]: \[(.*)\]\r?$/gm)];
  return new Map(pairs.map(([, key = '', value = '']) => [key, brief(value)]));
}
