import type { KnownDevice } from '../devices/registry.js';
import { type JobRecord, keyOf } from './job.js';
import type { JobStore } from './job-store.js';

/** Writes into a job that waits that its device is not there, and which are; or takes that back. */
export async function tellMissing(
  store: JobStore,
  job: JobRecord,
  device: KnownDevice | undefined,
  attached: string,
): Promise<void> {
  const { device: id } = job.request;
  const missing =
    device?.state === 'attached'
      ? undefined
      : `waits for device "${id}", which ${standing(device)}; ${attached}`;
  if (job.missing === missing) return;
  await store.change(keyOf(job.request), (now) =>
    now.state === 'waiting' && now.missing !== missing ? { ...now, missing } : undefined,
  );
}

function standing(device: KnownDevice | undefined): string {
  if (device === undefined) return 'was never seen';
  return device.why === undefined ? 'is away' : `is ${device.why}`;
}
