import { loadBackend } from '@nse/tensor';
import { readCase } from '../case-file.js';
import { serve } from '../serve.js';
import { fitnessSteps, score, weightSteps } from './steps.js';

/** Our engine: `node ours/main.js CASE.json`. */
async function main(path: string): Promise<void> {
  const { tensorFlowVersion } = await loadBackend();
  const read = await readCase(path);
  await serve(`@nse/supernet on TensorFlow ${tensorFlowVersion}`, {
    weights: weightSteps(read),
    fitness: fitnessSteps(read),
    score: (from, count) => score(read, from, count),
  });
}

void main(process.argv[2] ?? '');
