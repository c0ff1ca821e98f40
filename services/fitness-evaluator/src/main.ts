import { join } from 'node:path';
import { jobRunnerFromEnvironment } from '@nse/jobs';
import { runService } from '@nse/service';
import { startEvaluation } from './evaluation.js';
import { fitnessEvaluator } from './service.js';

void runService('fitness-evaluator', async ({ bus, log }) => {
  const programs = { 'fitness-evaluator': join(__dirname, 'worker.js') };
  await startEvaluation(bus, await jobRunnerFromEnvironment({ bus, log, programs }));
  return { FitnessEvaluator: fitnessEvaluator(bus) };
});
