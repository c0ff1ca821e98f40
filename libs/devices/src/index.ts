export type {
  Conditions,
  Device,
  DeviceChange,
  DeviceFacts,
  DeviceSource,
  Measured,
  MeasureOptions,
  ModelFormat,
  UnusableDevice,
} from './device.js';
export { androidDevices, type AndroidOptions } from './android/android-devices.js';
export { hostDevice, hostDevices } from './host/host-devices.js';
export { defaultMeasureOptions } from './options.js';
export { parseCoreList } from './cores.js';
