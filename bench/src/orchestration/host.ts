import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Bus, type BusOptions, connectBus } from '@nse/messaging';
import type { JobEnvironment, JobRunner } from '@nse/jobs';
import { NseError } from '@nse/space';
import { tell } from './messages.js';
import { TinyJobs } from './tiny-jobs.js';

const load = createRequire(__filename);

/**
 * Runs the main of the service that the command line names, as built: its own consumers and gRPC, with two exchanges made
 * before it loads. Jobs are tiny, and each `bus.publish` is timed.
 */
function main(service: string): void {
  replace('@nse/messaging', { connectBus: connectTimed });
  replace('@nse/jobs', {
    jobRunnerFromEnvironment: ({ bus }: JobEnvironment): Promise<JobRunner> => TinyJobs.open(bus),
  });
  load(join(__dirname, '../../../services', service, 'dist/main.js'));
}

/** Puts other exports in place of some of a package's own, for whoever loads it from now on. */
function replace(name: string, exports: Readonly<Record<string, unknown>>): void {
  const path = load.resolve(name);
  const real = load(path) as object;
  const cached = load.cache[path];
  if (cached === undefined) throw new NseError('INTERNAL', `${name} did not load`);
  cached.exports = { ...real, ...exports };
}

async function connectTimed(options: BusOptions): Promise<Bus> {
  const bus = await connectBus(options);
  const publish = bus.publish.bind(bus);
  bus.publish = async (event) => {
    const began = performance.now();
    const outcome = await publish(event);
    tell({ kind: 'published', ms: performance.now() - began });
    return outcome;
  };
  return bus;
}

main(process.argv[2] ?? '');
