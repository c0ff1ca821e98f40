import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NseError } from '@nse/space';
import { z } from 'zod';
import type { Endpoints } from './local/runtime.js';

const endpointsSchema = z.object({
  nats: z.string(),
  services: z.object({
    'space-manager': z.string(),
    'supernet-trainer': z.string(),
    'fitness-evaluator': z.string(),
    'latency-profiler': z.string(),
    retrainer: z.string(),
  }),
});

/** Where `nse up` leaves the addresses for other commands. */
export const endpointsFile = (stateDir: string) => join(stateDir, 'endpoints.json');

/** The addresses of the system that `nse up` started. Raises FAILED_PRECONDITION where none runs. */
export function readEndpoints(stateDir: string): Endpoints {
  const file = endpointsFile(stateDir);
  try {
    return endpointsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const message = `no running system was found (${file}); start one with: ./nse up`;
    throw new NseError('FAILED_PRECONDITION', message, { cause });
  }
}
