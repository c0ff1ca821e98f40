import { once } from 'node:events';
import type { DeviceFacts, UnusableDevice } from '@nse/devices';
import type { LeaseOptions } from './lease.js';
import type { DeviceRecord } from './registry.js';

/**
 * Tells of a device that is attached to this process and lets nobody in, until `signal` says that this is over. Another process may work
 * with it meanwhile, by another cable: that is left alone.
 */
export async function tellUnusable(
  device: UnusableDevice,
  options: LeaseOptions,
  signal: AbortSignal,
): Promise<void> {
  try {
    const isOver = () => signal.aborted;
    if (isOver()) return;
    const why = [device.state, device.hint].filter((text) => text !== '').join(': ');
    const revision = await write(device, { state: 'unusable', why }, options);
    if (!isOver()) await once(signal, 'abort');
    if (revision !== undefined) await write(device, { state: 'gone' }, options, revision);
  } catch (error) {
    options.log.warn({ err: error, device: device.id }, 'cannot tell of a device that cannot be used');
  }
}

/** Gives the record's revision; undefined where another process works with the device, or has written since. */
async function write(
  device: UnusableDevice,
  stands: Pick<DeviceRecord, 'state' | 'why'>,
  { bus, registry, owner }: LeaseOptions,
  known?: number,
): Promise<number | undefined> {
  const entry = await registry.record(device.id);
  if (known !== undefined && entry?.revision !== known) return undefined;
  const { profiler = '', state = 'gone', facts = factsOf(device) } = entry?.value ?? {};
  if (state === 'attached' && profiler !== owner && (await bus.isAnswered(profiler))) return undefined;
  const seenAt = new Date().toISOString();
  return await registry.write({ facts, profiler: owner, seenAt, ...stands }, entry?.revision ?? 0);
}

/** What is known of one that was never let in: next to nothing. */
const factsOf = ({ id, kind, properties }: UnusableDevice): DeviceFacts => ({
  ...{ id, kind, properties, model: 'unknown', runtime: '', cores: 0 },
  format: kind === 'android' ? 'tflite' : 'onnx',
});
