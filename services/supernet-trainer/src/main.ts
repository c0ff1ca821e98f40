import { join } from 'node:path';
import { jobRunnerFromEnvironment } from '@nse/jobs';
import { runService, startSweeping } from '@nse/service';
import { supernetTrainer } from './service.js';
import { startTraining } from './training.js';

void runService('supernet-trainer', async ({ bus, log }) => {
  const programs = { 'supernet-trainer': join(__dirname, 'worker.js') };
  const jobs = await jobRunnerFromEnvironment({ bus, log, programs });
  startSweeping(bus, jobs, log);
  await startTraining(bus, jobs);
  return { SupernetTrainer: supernetTrainer(bus) };
});
