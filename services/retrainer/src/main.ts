import { join } from 'node:path';
import { jobRunnerFromEnvironment } from '@nse/jobs';
import { runService, startSweeping } from '@nse/service';
import { startModelRequests } from './request-work.js';
import { startRetraining } from './retraining.js';
import { retrainer } from './service.js';

void runService('retrainer', async ({ bus, log }) => {
  const programs = { retrainer: join(__dirname, 'worker.js') };
  const jobs = await jobRunnerFromEnvironment({ bus, log, programs });
  startSweeping(bus, jobs, log);
  await startRetraining(bus, jobs);
  await startModelRequests(bus, jobs);
  return { Retrainer: retrainer(bus) };
});
