import { isDeepStrictEqual } from 'node:util';
import type { handlers, messages } from '@nse/rpc';
import { deviceMessage } from '../messages.js';
import type { Profiler } from '../profiler.js';

/** A process that was killed tells nobody that its devices are away. */
const LOOK_EVERY_MS = 2_000;

/** The calls about devices. */
export function deviceCalls({
  registry,
  view,
}: Profiler): Pick<handlers.LatencyProfiler, 'listDevices' | 'watchDevices'> {
  const list = async () => (await registry.list()).map((device) => deviceMessage(device, view.jobs()));
  return {
    listDevices: async () => ({ devices: await list() }),

    watchDevices: async function* (_, { signal }) {
      const told = new Map<string, messages.Device>();
      while (!signal.aborted) {
        const heard = view.bell.heard(signal, LOOK_EVERY_MS);
        for (const device of await list()) {
          const known = told.get(device.id ?? '');
          if (known !== undefined && !differs(known, device)) continue;
          told.set(device.id ?? '', device);
          yield device;
        }
        await heard;
      }
    },
  };
}

/** That it was seen once more is no news. */
const differs = (one: messages.Device, other: messages.Device): boolean =>
  !isDeepStrictEqual({ ...one, seenTime: null }, { ...other, seenTime: null });
