import type { Device, DeviceChange, DeviceSource } from '../device.js';
import { HostDevice } from './host-device.js';

/** The machine that we run on, by ONNX Runtime. */
export function hostDevice(): Device {
  return new HostDevice();
}

/** The machine that we run on as the only device, which never goes. */
export function hostDevices(): DeviceSource {
  return {
    async *watch(signal): AsyncIterable<DeviceChange> {
      if (signal.aborted) return;
      yield { kind: 'attached', device: hostDevice() };
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
  };
}
