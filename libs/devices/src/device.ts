/** What a device runs: ONNX Runtime takes `onnx`, LiteRT `tflite`. */
export type ModelFormat = 'onnx' | 'tflite';

/** What is known of a device while it is attached. */
export interface DeviceFacts {
  /** One among all devices: lower-case letters, digits and inner hyphens, at most 40. */
  readonly id: string;
  readonly kind: 'host' | 'android';
  /** For people: `Pixel 9`, or the processor of a host. */
  readonly model: string;
  /** What runs the models, with its version: `onnxruntime 1.30.0`, `benchmark_model`. */
  readonly runtime: string;
  readonly format: ModelFormat;
  readonly cores: number;
  /** What else it tells of itself, such as `ro.build.fingerprint`. */
  readonly properties: Readonly<Record<string, string>>;
}

/** How to measure. */
export interface MeasureOptions {
  /** Threads of the runtime. */
  readonly threads: number;
  /** Cores to stay on; empty leaves it to the system. */
  readonly pinned: readonly number[];
  /** Enough once the 95 % interval of the median is within this share of it on either side, such as 0.02. */
  readonly within: number;
  readonly minRuns: number;
  readonly maxRuns: number;
  /** Limit of the timed runs of one call, in seconds. */
  readonly maxSeconds: number;
  readonly warmupSeconds: number;
}

/** The state of a device around a measurement; what it does not tell is absent. */
export interface Conditions {
  /** Of the cores in use, in MHz. */
  readonly clocksMhz?: readonly number[];
  readonly governor?: string;
  readonly temperatureC?: number;
  readonly batteryPercent?: number;
  /** What the system says of its heat: `none`, `light`, `moderate`, `severe`, and so on. Phones from Android 10 on tell it. */
  readonly thermalStatus?: string;
  /** Work of others: runnable processes in the last minute. */
  readonly load?: number;
}

/**
 * How long one inference of a model takes. Times in milliseconds. Of a host they are as at the best clock that it was seen at, and without
 * what the binding's call costs.
 */
export interface Measured {
  readonly medianMs: number;
  /** 95 % interval of the median. */
  readonly lowMs: number;
  readonly highMs: number;
  readonly runs: number;
  /** Whether the interval came within the share that was asked for before a limit was reached. */
  readonly settled: boolean;
  /** How many times the device was hot or slowed down, and was waited for. */
  readonly waits: number;
  readonly before: Conditions;
  readonly after: Conditions;
}

/** An attached device. It does one thing at a time: callers see to that. */
export interface Device {
  readonly facts: DeviceFacts;
  /**
   * Measures models side by side, in order: their runs alternate where the device can, so that what disturbs one disturbs all.
   * Raises UNAVAILABLE, retryable, where the device went away, ABORTED where the signal stopped it, FAILED_PRECONDITION where the
   * device cannot run a model (full storage, operator unknown), with what it said.
   */
  measure(
    models: readonly Uint8Array[],
    options: MeasureOptions,
    signal: AbortSignal,
  ): Promise<readonly Measured[]>;
}

/** A device came, it cannot be used though it is attached, or it went. */
export type DeviceChange =
  | { readonly kind: 'attached'; readonly device: Device }
  | { readonly kind: 'unusable'; readonly device: UnusableDevice }
  | { readonly kind: 'gone'; readonly id: string };

/** An attached device that lets nobody in. */
export interface UnusableDevice {
  readonly id: string;
  readonly kind: DeviceFacts['kind'];
  /** As its source names it: `unauthorized`, `offline`, `recovery`. */
  readonly state: string;
  /** What people can do; empty where nothing is known. */
  readonly hint: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** Where devices come from: this host, or an adb server. */
export interface DeviceSource {
  /** Those that are there, then every change, until the signal aborts. It outlasts an adb server that goes and comes. */
  watch(signal: AbortSignal): AsyncIterable<DeviceChange>;
}
