import { join } from 'node:path';
import { jobRunnerFromEnvironment } from '@nse/jobs';
import { runService } from '@nse/service';
import { supernetTrainer } from './service.js';
import { startTraining } from './training.js';

void runService('supernet-trainer', async ({ bus, log }) => {
  const programs = { 'supernet-trainer': join(__dirname, 'worker.js') };
  await startTraining(bus, await jobRunnerFromEnvironment({ bus, log, programs }));
  return { SupernetTrainer: supernetTrainer(bus) };
});
