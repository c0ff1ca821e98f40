import type { Device, DeviceChange, DeviceSource } from '../device.js';
import { HostDevice } from './host-device.js';

/** The machine that we run on, by ONNX Runtime; under its own name unless another is given. */
export function hostDevice(name?: string): Device {
  return new HostDevice(undefined, name);
}

/** The machine that we run on as the only device, which never goes. */
export function hostDevices(name?: string): DeviceSource {
  return {
    async *watch(signal): AsyncIterable<DeviceChange> {
      if (signal.aborted) return;
      yield { kind: 'attached', device: hostDevice(name) };
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
  };
}
