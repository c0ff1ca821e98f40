import { createClient, type Client, toStruct } from '@nse/rpc';
import { NseError } from '@nse/space';
import type { Endpoints } from './local/runtime.js';

/** Options of a call whose service may be on its way back from a kill: what was done must not be lost for that. */
export const patient = { waitForReady: true, deadlineMs: 60_000 };

/** The services of one system, as the commands use them. */
export interface System {
  readonly spaceManager: Client<'SpaceManager'>;
  readonly supernetTrainer: Client<'SupernetTrainer'>;
  readonly fitnessEvaluator: Client<'FitnessEvaluator'>;
  readonly latencyProfiler: Client<'LatencyProfiler'>;
  readonly retrainer: Client<'Retrainer'>;
  readonly struct: typeof toStruct;
  close(): void;
}

/** Connects lazily: nothing is sent before the first call. */
export function connect(endpoints: Endpoints): System {
  const { services } = endpoints;
  const clients = {
    spaceManager: createClient('SpaceManager', services['space-manager']),
    supernetTrainer: createClient('SupernetTrainer', services['supernet-trainer']),
    fitnessEvaluator: createClient('FitnessEvaluator', services['fitness-evaluator']),
    latencyProfiler: createClient('LatencyProfiler', services['latency-profiler']),
    retrainer: createClient('Retrainer', services.retrainer),
  };
  const close = () => Object.values(clients).forEach((client) => client.close());
  return { ...clients, struct: toStruct, close };
}

/** A command's work with a system, which is let go of afterwards. What is UNAVAILABLE names the file with its addresses. */
export async function withSystem<T>(
  endpoints: Endpoints,
  file: string,
  action: (system: System) => Promise<T>,
): Promise<T> {
  const system = connect(endpoints);
  try {
    return await action(system);
  } catch (error) {
    const { code, message } = NseError.from(error);
    if (code !== 'UNAVAILABLE') throw error;
    const advice = `the system of ${file} cannot be reached (${message}); is it running? ./nse up`;
    throw new NseError(code, advice, { cause: error });
  } finally {
    system.close();
  }
}
