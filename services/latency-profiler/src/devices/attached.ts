import { setTimeout as delay } from 'node:timers/promises';
import type { Device, DeviceChange, DeviceSource } from '@nse/devices';
import { DeviceLost } from '../jobs/settle.js';
import { type LeaseOptions, whileHeld } from './lease.js';
import { tellUnusable } from './unusable.js';

const AGAIN_MS = 2_000;

/** Works with every device of the sources while it is attached, until the signal aborts; then waits until all of that has ended. */
export async function workWithAll(
  sources: readonly DeviceSource[],
  options: LeaseOptions,
  work: (device: Device, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(sources.map((source) => follow(source, options, work, signal)));
}

interface Attached {
  readonly gone: AbortController;
  readonly ended: Promise<void>;
}

async function follow(
  source: DeviceSource,
  options: LeaseOptions,
  work: (device: Device, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const attached = new Map<string, Attached>();
  const remove = (id: string) => attached.get(id)?.gone.abort(new DeviceLost(`device "${id}" is away`));
  const stopped = () => signal.aborted;
  while (!stopped()) {
    try {
      for await (const change of source.watch(signal)) {
        const id = idOf(change);
        remove(id);
        if (change.kind === 'gone') continue;
        const during = (until: AbortSignal) =>
          change.kind === 'unusable'
            ? tellUnusable(change.device, options, until)
            : whileHeld(change.device.facts, options, until, (held) => work(change.device, held));
        // One that is slow to let go must not keep the others waiting.
        attached.set(id, begin(during, signal, attached.get(id)?.ended));
      }
    } catch (error) {
      if (!stopped()) options.log.warn({ err: error }, 'cannot look for devices; trying again');
    }
    for (const id of attached.keys()) remove(id);
    await delay(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
  await Promise.all([...attached.values()].map(({ ended }) => ended));
}

function begin(
  during: (until: AbortSignal) => Promise<void>,
  signal: AbortSignal,
  before: Promise<void> = Promise.resolve(),
): Attached {
  const gone = new AbortController();
  const either = AbortSignal.any([signal, gone.signal]);
  return { gone, ended: before.then(() => during(either)) };
}

function idOf(change: DeviceChange): string {
  switch (change.kind) {
    case 'attached':
      return change.device.facts.id;
    case 'unusable':
      return change.device.id;
    case 'gone':
      return change.id;
  }
}
