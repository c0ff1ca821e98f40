import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Device, DeviceChange, DeviceFacts, DeviceSource, Measured, MeasureOptions } from '@nse/devices';
import { NseError } from '@nse/space';

/** Longer than any test. */
const ENDLESS_MS = 3_600_000;

/** What a test lets its devices do. */
export interface Nature {
  /** How long a call of `measure` takes. */
  measureMs: number;
  /** From this call on, counted from 1, a call lasts until it is broken off. */
  endlessFrom?: number | undefined;
  /** A file that is told of every call's begin and end, by which tests see what ran side by side. */
  readonly logFile?: string;
  /** Counts the calls. */
  calls?: number;
  /** How quick it is; 1 unless told. */
  speed?: number;
  /** What a call fails with, where it does. */
  failure?: NseError | undefined;
}

/** A device of the tests: how long a model takes follows from its size alone. */
export class MadeUpDevice implements Device {
  readonly facts: DeviceFacts;
  private readonly unplugged = new AbortController();

  constructor(
    id: string,
    private readonly nature: Nature,
  ) {
    this.facts = {
      ...{ id, kind: 'host', model: 'Made up', runtime: 'arithmetic 1', format: 'onnx', cores: 2 },
      properties: { 'made.up': 'yes' },
    };
  }

  async measure(
    models: readonly Uint8Array[],
    options: MeasureOptions,
    signal: AbortSignal,
  ): Promise<readonly Measured[]> {
    this.nature.calls = (this.nature.calls ?? 0) + 1;
    const { calls, measureMs, endlessFrom = Infinity } = this.nature;
    const lastsMs = calls < endlessFrom ? measureMs : ENDLESS_MS;
    this.tell('begin');
    try {
      const either = AbortSignal.any([signal, this.unplugged.signal]);
      await delay(lastsMs, undefined, { signal: either }).catch(() => undefined);
      if (signal.aborted) throw new NseError('ABORTED', 'measuring was stopped');
      if (this.unplugged.signal.aborted) throw new NseError('UNAVAILABLE', `${this.facts.id} went away`);
      if (this.nature.failure !== undefined) throw this.nature.failure;
      return models.map((model) => measuredOf(model, options, this.nature.speed));
    } finally {
      this.tell('end');
    }
  }

  unplug(): void {
    this.unplugged.abort();
  }

  private tell(what: string): void {
    if (this.nature.logFile === undefined) return;
    appendFileSync(this.nature.logFile, `${this.facts.id} ${process.pid} ${what}\n`);
  }
}

function measuredOf({ byteLength }: Uint8Array, { threads }: MeasureOptions, speed = 1): Measured {
  const medianMs = byteLength / 1e5 / threads / speed;
  const [lowMs, highMs] = [0.99 * medianMs, 1.01 * medianMs];
  return { medianMs, lowMs, highMs, runs: 50, settled: true, waits: 0, before: {}, after: {} };
}

/** Devices that a test plugs in and out. */
export class MadeUpSource implements DeviceSource {
  private readonly attached = new Map<string, MadeUpDevice>();
  private readonly told = new EventTarget();

  constructor(private readonly nature: Nature) {}

  plug(id: string): void {
    const device = new MadeUpDevice(id, this.nature);
    this.attached.set(id, device);
    this.tell({ kind: 'attached', device });
  }

  /** It is attached, and lets nobody in. */
  refuse(id: string, state: string, hint: string): void {
    this.tell({ kind: 'unusable', device: { id, kind: 'android', state, hint, properties: { serial: id } } });
  }

  unplug(id: string): void {
    this.attached.get(id)?.unplug();
    this.attached.delete(id);
    this.tell({ kind: 'gone', id });
  }

  async *watch(signal: AbortSignal): AsyncIterable<DeviceChange> {
    const changes: DeviceChange[] = [...this.attached.values()].map((device) => ({
      kind: 'attached',
      device,
    }));
    const hear = (event: Event) => changes.push((event as CustomEvent<DeviceChange>).detail);
    this.told.addEventListener('change', hear);
    try {
      while (!signal.aborted) {
        const next = changes.shift();
        if (next !== undefined) yield next;
        else await once(this.told, 'change', { signal }).catch(() => undefined);
      }
    } finally {
      this.told.removeEventListener('change', hear);
    }
  }

  private tell(change: DeviceChange): void {
    this.told.dispatchEvent(new CustomEvent('change', { detail: change }));
  }
}
