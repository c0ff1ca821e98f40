import { NseError } from '@nse/space';
import { parseSpec, type SearchSpec } from '@nse/spec';
import type { System } from './connect.js';

/** What people call the machine that the system runs on; its id among all devices holds its name. */
const THIS_HOST = 'host';

const ATTACHED_WITHIN_MS = 60_000;

/**
 * The spec with the id of the machine that a local system runs on where it says `host`. Raises UNAVAILABLE where that machine is
 * not among the devices within a minute.
 */
export async function onThisHost(
  { latencyProfiler }: Pick<System, 'latencyProfiler'>,
  spec: SearchSpec,
  signal: AbortSignal,
): Promise<SearchSpec> {
  const { latency } = spec.constraint;
  if (latency?.device !== THIS_HOST) return spec;
  const late = AbortSignal.timeout(ATTACHED_WITHIN_MS);
  try {
    const devices = latencyProfiler.watchDevices({}, { signal: AbortSignal.any([signal, late]) });
    for await (const { id, kind, state } of devices) {
      if (kind !== 'host' || state === 'DEVICE_STATE_AWAY') continue;
      return parseSpec({ ...spec, constraint: { ...spec.constraint, latency: { ...latency, device: id } } });
    }
  } catch (error) {
    if (!late.aborted) throw error;
  }
  throw new NseError('UNAVAILABLE', 'this machine is not among the devices that the latency-profiler knows');
}
