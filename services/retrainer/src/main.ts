import { join } from 'node:path';
import { jobRunnerFromEnvironment } from '@nse/jobs';
import { runService } from '@nse/service';
import { startRetraining } from './retraining.js';
import { retrainer } from './service.js';

void runService('retrainer', async ({ bus, log }) => {
  const programs = { retrainer: join(__dirname, 'worker.js') };
  await startRetraining(bus, await jobRunnerFromEnvironment({ bus, log, programs }));
  return { Retrainer: retrainer(bus) };
});
