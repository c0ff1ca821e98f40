import { busOptionsFromEnvironment, connectBus } from '@nse/messaging';
import { logger } from '@nse/telemetry';
import { jobRunnerFromEnvironment } from '../environment.js';
import type { JobSpec } from '../job.js';

/** A service of the tests: runs the one task that FIXTURE_JOB describes, so that the tests can kill it. */
async function main(): Promise<void> {
  const bus = await connectBus(busOptionsFromEnvironment('fixture-service'));
  const programs = { retrainer: process.env['FIXTURE_WORKER'] ?? '' };
  const jobs = await jobRunnerFromEnvironment({ bus, programs, log: logger('fixture-service') });
  const spec = JSON.parse(process.env['FIXTURE_JOB'] ?? '{}') as JobSpec;
  const outcome = await jobs.run(spec, new AbortController().signal).catch((error: unknown) => error);
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
  await bus.close();
}

void main();
