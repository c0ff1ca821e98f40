import { setTimeout as delay } from 'node:timers/promises';
import type { DeviceFacts } from '@nse/devices';
import type { Bus } from '@nse/messaging';
import { type Logger, metrics } from '@nse/telemetry';
import { DeviceLost } from '../jobs/settle.js';
import type { DeviceRecord, DeviceRegistry } from './registry.js';

export interface LeaseOptions {
  readonly bus: Bus;
  readonly registry: DeviceRegistry;
  /** Names this process. */
  readonly owner: string;
  readonly log: Logger;
  /** How often it is told that the device is still there, and looked whether another process has let go of it, in ms. */
  readonly beatMs: number;
}

/**
 * Works with a device while it is attached to this process, which `signal` says. Two processes may see one device: one works with it, the
 * other takes over where that one is gone. Before the work's signal aborts, this process may have been taken for gone; what it
 * writes then is refused.
 */
export async function whileHeld(
  facts: DeviceFacts,
  options: LeaseOptions,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { log, beatMs } = options;
  while (!signal.aborted) {
    try {
      const revision = await take(facts, options);
      if (revision !== undefined) await hold(facts, revision, options, signal, work);
    } catch (error) {
      log.warn({ err: error, device: facts.id }, 'cannot tell of a device; trying again');
    }
    await delay(beatMs, undefined, { signal }).catch(() => undefined);
  }
}

/** The revision of our record; undefined where another process, which is there, has the device. */
async function take(facts: DeviceFacts, { bus, registry, owner }: LeaseOptions): Promise<number | undefined> {
  const entry = await registry.record(facts.id);
  if (entry !== undefined) {
    const { profiler, state } = entry.value;
    if (state === 'attached' && profiler !== owner && (await bus.isAnswered(profiler))) return undefined;
  }
  return await registry.write(recordOf(facts, owner, 'attached'), entry?.revision ?? 0);
}

async function hold(
  facts: DeviceFacts,
  taken: number,
  { registry, owner, log, beatMs }: LeaseOptions,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  let revision = taken;
  const [lost, over] = [new AbortController(), new AbortController()];
  const beat = async () => {
    const until = AbortSignal.any([signal, over.signal]);
    for (;;) {
      await delay(beatMs, undefined, { signal: until }).catch(() => undefined);
      if (until.aborted) return;
      const written = await registry.write(recordOf(facts, owner, 'attached'), revision);
      if (written === undefined) {
        lost.abort(new DeviceLost(`another process has device "${facts.id}"`));
        return;
      }
      revision = written;
    }
  };
  // Where nobody can be told that the device is here, another process may be about to take it.
  const beating = beat().catch((error: unknown) => lost.abort(new DeviceLost(String(error))));
  log.info({ device: facts.id, model: facts.model }, 'device attached');
  metrics.devices.inc();
  try {
    await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    metrics.devices.dec();
    over.abort();
    await beating;
    if (!lost.signal.aborted) await registry.write(recordOf(facts, owner, 'gone'), revision);
    log.info({ device: facts.id }, 'device gone');
  }
}

const recordOf = (facts: DeviceFacts, profiler: string, state: DeviceRecord['state']): DeviceRecord => ({
  facts,
  profiler,
  state,
  seenAt: new Date().toISOString(),
});
