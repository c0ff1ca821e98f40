import type { messages } from '@nse/rpc';
import { codesOf, specOf, TestSystem, until } from './testing/system.js';
import { toStruct } from '@nse/rpc';

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start();
});

afterAll(() => system.stop());

const spec = toStruct(specOf());

describe('devices', () => {
  it('are told by every replica, with what is known of them, and away once they or their process are gone', async () => {
    const [one, other] = [await system.replica({ measureMs: 0 }, ['beside']), await system.replica()];
    const state = async (id: string) =>
      (await other.client.listDevices({})).devices.find((device) => device.id === id)?.state;
    await until(async () => (await state('beside')) === 'DEVICE_STATE_READY');
    const { devices } = await other.client.listDevices({});
    expect(devices.find(({ id }) => id === 'beside')).toMatchObject({
      ...{ kind: 'host', model: 'Made up', runtime: 'arithmetic 1', format: 'onnx', cores: 2 },
      properties: { 'made.up': 'yes' },
      ...{ job: '', waiting: 0 },
    });
    one.source.unplug('beside');
    await until(async () => (await state('beside')) === 'DEVICE_STATE_AWAY');
    one.source.plug('beside');
    await until(async () => (await state('beside')) === 'DEVICE_STATE_READY');
    await one.bus.close();
    await until(async () => (await state('beside')) === 'DEVICE_STATE_AWAY');
  });

  it('can be watched: each as it is, then whenever one comes, begins a job, ends it, goes', async () => {
    const { client, source } = await system.replica({ measureMs: 300 }, ['watched']);
    const stop = new AbortController();
    const states: (string | undefined)[] = [];
    const watching = (async () => {
      for await (const device of client.watchDevices({}, { signal: stop.signal })) {
        if (device.id === 'watched') states.push(device.state);
      }
    })();
    await until(() => states.at(-1) === 'DEVICE_STATE_READY');
    await client.measureArchitectures({ device: 'watched', codes: codesOf(1), spec });
    await until(() => states.at(-1) === 'DEVICE_STATE_BUSY');
    await until(() => states.at(-1) === 'DEVICE_STATE_READY');
    source.unplug('watched');
    await until(() => states.at(-1) === 'DEVICE_STATE_AWAY');
    stop.abort();
    await watching;
    expect(states.filter((state, index) => state === states[index - 1])).toEqual([]);
  });

  it('that two processes see are worked with by one, and by the other once that one is gone', async () => {
    const nature = { measureMs: 0 };
    const [one, other] = [await system.replica(nature, ['shared']), await system.replica(nature, ['shared'])];
    const holder = () => one.profiler.registry.record('shared');
    const first = await until(async () => (await holder())?.value.profiler);
    const ask = async (code: string): Promise<messages.Measurement__Output> => {
      const { id } = await other.client.measureArchitectures({ device: 'shared', codes: [code], spec });
      return await until(async () => {
        const found = await other.client.getMeasurement({ id });
        return found.job?.state === 'DEVICE_JOB_STATE_SUCCEEDED' && found;
      });
    };
    expect((await ask('0.0.0.0')).job?.attempts).toBe(1);
    expect((await holder())?.value.profiler).toBe(first);
    await one.bus.close();
    await ask('1.1.1.1');
    await until(async () => (await other.profiler.registry.record('shared'))?.value.state === 'attached');
  });
});
