import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@nse/messaging';
import { searchesBucket } from '@nse/service';
import { type Logger, metrics } from '@nse/telemetry';
import type { Phase } from './state.js';

const phases = [
  'RUNNING',
  'RETRAINING',
  'SUCCEEDED',
  'FAILED',
  'PAUSED',
  'CANCELLED',
  'DELETING',
] as const satisfies readonly Phase[];

const AGAIN_MS = 1_000;

/**
 * Keeps the metric of searches by phase up to date until the signal aborts: by their changes, so that nobody who reads it has
 * them all counted. Every replica counts all searches.
 */
export async function followPhases(bus: Bus, log: Logger, signal: AbortSignal): Promise<void> {
  const isOver = () => signal.aborted;
  while (!isOver()) {
    try {
      await count(bus, signal);
    } catch (error) {
      if (!isOver()) log.warn({ err: error }, 'cannot count searches; trying again');
    }
    await delay(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function count(bus: Bus, signal: AbortSignal): Promise<void> {
  const searches = await bus.states(searchesBucket, (value) => (value as { readonly phase: Phase }).phase);
  const known = new Map<string, Phase>();
  metrics.searches.reset();
  for (const phase of phases) metrics.searches.set({ phase }, 0);
  for await (const change of searches.watch('>', signal)) {
    const before = known.get(change.key);
    if (before !== undefined) metrics.searches.dec({ phase: before });
    known.delete(change.key);
    if (change.kind === 'gone') continue;
    known.set(change.key, change.value);
    metrics.searches.inc({ phase: change.value });
  }
}
