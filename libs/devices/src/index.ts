export type {
  Conditions,
  Device,
  DeviceChange,
  DeviceFacts,
  DeviceSource,
  Measured,
  MeasureOptions,
  ModelFormat,
} from './device.js';
