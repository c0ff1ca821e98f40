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

  it('that let nobody in are told with the reason, until they do or are gone', async () => {
    const { client, source, bus } = await system.replica();
    const other = await system.replica();
    const found = async (id: string) =>
      (await other.client.listDevices({})).devices.find((device) => device.id === id);
    source.refuse('shy', 'unauthorized', 'allow USB debugging on its screen');
    const shy = await until(() => found('shy'));
    expect(shy).toMatchObject({
      ...{ kind: 'android', model: 'unknown', state: 'DEVICE_STATE_AWAY' },
      properties: { serial: 'shy', unusable: 'unauthorized: allow USB debugging on its screen' },
    });
    const { id } = await client.measureArchitectures({ device: 'shy', codes: codesOf(1), spec });
    const waits = await until(async () => (await client.getMeasurement({ id })).job?.reason || undefined);
    expect(waits).toContain('"shy", which is unauthorized: allow USB debugging on its screen; ');
    source.plug('shy');
    await until(async () => (await found('shy'))?.state === 'DEVICE_STATE_READY');
    expect((await found('shy'))?.properties).toEqual({ 'made.up': 'yes' });
    await until(async () => (await client.getMeasurement({ id })).latencies.length === 1);
    source.refuse('shy', 'offline', '');
    await until(async () => (await found('shy'))?.properties['unusable'] === 'offline');
    source.unplug('shy');
    await until(async () => (await found('shy'))?.properties['unusable'] === undefined);
    source.refuse('orphan', 'offline', '');
    await until(async () => (await found('orphan'))?.properties['unusable']);
    await bus.close();
    await until(async () => (await found('orphan'))?.properties['unusable'] === undefined);
  });

  it('that another process works with are not told as unusable', async () => {
    const one = await system.replica({ measureMs: 0 }, ['two-cables']);
    const other = await system.replica();
    const state = async () =>
      (await one.client.listDevices({})).devices.find(({ id }) => id === 'two-cables')?.state;
    await until(async () => (await state()) === 'DEVICE_STATE_READY');
    other.source.refuse('two-cables', 'unauthorized', '');
    other.source.refuse('seen-after', 'unauthorized', '');
    await until(async () =>
      (await other.client.listDevices({})).devices.some(({ id }) => id === 'seen-after'),
    );
    expect(await state()).toBe('DEVICE_STATE_READY');
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
