import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NseError } from '@nse/space';
import { z } from 'zod';
import type { Endpoints } from './local/runtime.js';
import { localStateDir } from './paths.js';

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

/** Where the addresses of the system are that commands talk to: the option, the environment, or what `nse up` leaves. */
export function endpointsPath(option: string | undefined, env: Readonly<NodeJS.ProcessEnv>): string {
  return namedEndpoints(option, env) ?? endpointsFile(localStateDir);
}

/** The file that the user named, by option or environment. */
export function namedEndpoints(
  option: string | undefined,
  { NSE_ENDPOINTS: named }: Readonly<NodeJS.ProcessEnv>,
): string | undefined {
  return option ?? (named === '' ? undefined : named);
}

/** The addresses in a file. Raises UNAVAILABLE where there is none, INVALID_ARGUMENT where it holds something else. */
export function readEndpoints(file: string): Endpoints {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const message = `no running system was found (${file}); start one with: ./nse up`;
    throw new NseError('UNAVAILABLE', message, { cause });
  }
  try {
    return endpointsSchema.parse(JSON.parse(text));
  } catch (cause) {
    const needs = `{"nats", "services": {"space-manager", ...}}`;
    throw new NseError('INVALID_ARGUMENT', `${file} does not hold endpoints: ${needs}`, { cause });
  }
}
