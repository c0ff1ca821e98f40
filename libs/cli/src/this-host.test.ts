import type { messages } from '@nse/rpc';
import { parseSpec } from '@nse/spec';
import { Served } from './testing/served.js';
import { smallSpec } from './testing/small-search.js';
import { onThisHost } from './this-host.js';

let served: Served;
afterEach(() => served.stop());

const on = (device: string) =>
  parseSpec({ ...smallSpec, constraint: { latency: { device, likeMacs: 1e6 } } });

/** The spec on this host, where these devices are told of. */
async function resolved(device: string, ...devices: readonly messages.Device[]) {
  let asked = 0;
  served = await Served.start({
    latencyProfiler: {
      watchDevices: async function* () {
        asked++;
        await Promise.resolve();
        yield* devices;
      },
    },
  });
  const spec = await onThisHost(served.system, on(device), new AbortController().signal);
  return { spec, asked };
}

const phone: messages.Device = { id: 'pixel', kind: 'android', state: 'DEVICE_STATE_READY' };
const gone: messages.Device = { id: 'host-old', kind: 'host', state: 'DEVICE_STATE_AWAY' };
const here: messages.Device = { id: 'host-vm', kind: 'host', state: 'DEVICE_STATE_READY' };

describe('the machine that a local system runs on', () => {
  it('is meant by host, whatever its id, once it is there', async () => {
    const { spec } = await resolved('host', phone, gone, here);
    expect(spec).toEqual(on('host-vm'));
  });

  it('is not looked for where another device is meant', async () => {
    expect(await resolved('pixel', here)).toEqual({ spec: on('pixel'), asked: 0 });
  });

  it('is UNAVAILABLE where it does not come', async () => {
    await expect(resolved('host', phone, gone)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
