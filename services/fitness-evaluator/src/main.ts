import { join } from 'node:path';
import { jobRunnerFromEnvironment } from '@nse/jobs';
import { runService, startSweeping } from '@nse/service';
import { startEvaluation } from './evaluation.js';
import { startEvaluationRequests } from './request-work.js';
import { fitnessEvaluator } from './service.js';

void runService('fitness-evaluator', async ({ bus, log }) => {
  const programs = { 'fitness-evaluator': join(__dirname, 'worker.js') };
  const jobs = await jobRunnerFromEnvironment({ bus, log, programs });
  startSweeping(bus, jobs, log);
  await startEvaluation(bus, jobs);
  await startEvaluationRequests(bus, jobs);
  return { FitnessEvaluator: fitnessEvaluator(bus) };
});
