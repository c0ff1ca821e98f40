import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { DeviceSource } from '@nse/devices';
import type { Bus } from '@nse/messaging';
import type { Logger } from '@nse/telemetry';
import { workWithAll } from './devices/attached.js';
import { DeviceRegistry } from './devices/registry.js';
import { JobStore } from './jobs/job-store.js';
import { JobView } from './jobs/job-view.js';
import { type Patience, sweepJobs } from './jobs/overdue.js';
import { performWith } from './jobs/perform.js';
import { workOn } from './jobs/queue.js';
import { openTables, type Tables } from './tables.js';

export interface ProfilerOptions {
  readonly sources: readonly DeviceSource[];
  readonly log: Logger;
  readonly patience: Patience;
  /** How often it is told that a device is still there, in ms. */
  readonly beatMs?: number;
  /** The first pause after a failure of a job that may pass, in ms, doubled each time. */
  readonly pauseMs?: number;
}

/** What calls and events are answered with. */
export interface Profiler {
  readonly bus: Bus;
  readonly registry: DeviceRegistry;
  readonly store: JobStore;
  readonly view: JobView;
  readonly tables: Tables;
  /** Leaves the jobs of this process's devices for whoever has them next. */
  stop(): Promise<void>;
}

const BEAT_MS = 5_000;
const PAUSE_MS = 2_000;

/** Watches the devices of the sources and does the jobs that wait for them. */
export async function startProfiler(
  bus: Bus,
  { sources, log, patience, beatMs = BEAT_MS, pauseMs = PAUSE_MS }: ProfilerOptions,
): Promise<Profiler> {
  const registry = await DeviceRegistry.open(bus);
  const store = await JobStore.open(bus);
  const tables = await openTables(bus);
  const stop = new AbortController();
  // Each device and job listens to it.
  setMaxListeners(0, stop.signal);
  const view = new JobView(store, log, stop.signal);
  const owner = `latency-profiler-${randomUUID()}`;
  const silence = await bus.answerFor(owner);
  const queue = { bus, store, view, log, owner, pauseMs, perform: performWith(tables) };
  const working = workWithAll(
    sources,
    { bus, registry, owner, log, beatMs },
    (device, signal) => workOn(device, queue, signal),
    stop.signal,
  );
  const sweeping = sweepJobs({ bus, registry, store, view, log, patience }, stop.signal);
  return {
    bus,
    registry,
    store,
    view,
    tables,
    stop: async () => {
      stop.abort();
      await Promise.all([working, sweeping]);
      silence();
    },
  };
}
