import { createClient } from '@nse/rpc';
import { NseError } from '@nse/space';
import { isService } from './inject.js';
import type { Signs } from './signs.js';
import { type FaultySystem, type ServiceName, waitFor } from './system.js';

/** How long the searches took to go on after a kill. */
export interface Recovery {
  readonly killed: string;
  readonly ms: number;
  /** Whether another fault came before this one was over. */
  readonly overlapped: boolean;
}

/** A search that gives no sign for this long after a kill counts as stuck. */
export const STUCK_AFTER_MS = 180_000;

/**
 * Waits until what was killed answers again and every search that ran has given a sign of life since, or is over.
 * Gives the ms since `since`; undefined where that does not come.
 */
export async function recovered(
  system: FaultySystem,
  signs: Signs,
  killed: string,
  running: () => readonly string[],
  since: number,
): Promise<number | undefined> {
  if (isService(killed)) await answers(system, killed);
  const back = performance.now();
  const affected = running().filter((search) => ofWorker(killed, search));
  const waiting = () =>
    running().filter((search) => affected.includes(search) && signs.lastOf(search) <= Math.max(back, since));
  return (await waitFor(() => waiting().length === 0, STUCK_AFTER_MS))
    ? performance.now() - since
    : undefined;
}

/** A worker's end touches its own search only; its program's name, or a service's, may be any search's. */
function ofWorker(killed: string, search: string): boolean {
  const ofAny = isService(killed) || killed === 'nats-server' || isService(killed.replace(/-worker$/, ''));
  return ofAny || killed.startsWith(`${search}-`);
}

/** Waits until the service takes calls. */
async function answers(system: FaultySystem, service: ServiceName): Promise<void> {
  const { services } = system.runtime.endpoints;
  const asked = {
    'latency-profiler': () => ask('LatencyProfiler', (client) => client.listTables({}, patient)),
    'space-manager': () => ask('SpaceManager', (client) => client.listPools({}, patient)),
    'supernet-trainer': () => ask('SupernetTrainer', (client) => client.getTraining(none, patient)),
    'fitness-evaluator': () => ask('FitnessEvaluator', (client) => client.getEvaluation(none, patient)),
    retrainer: () => ask('Retrainer', (client) => client.getRetraining({ search: 'none' }, patient)),
  };
  const none = { search: 'none', round: 1 };
  await asked[service]();

  async function ask<S extends Parameters<typeof createClient>[0]>(
    name: S,
    call: (client: ReturnType<typeof createClient<S>>) => Promise<unknown>,
  ): Promise<void> {
    const client = createClient(name, services[service]);
    const answered = async () => {
      try {
        await call(client);
        return true;
      } catch (error) {
        // "There is none" is an answer.
        return !NseError.from(error).retryable;
      }
    };
    await waitFor(answered, STUCK_AFTER_MS);
    client.close();
  }
}

const patient = { waitForReady: true, deadlineMs: 10_000 };

/** The value that this part of the values does not exceed; 0 of none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}
