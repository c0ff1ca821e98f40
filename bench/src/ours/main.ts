import { loadBackend } from '@nse/tensor';
import { readCase } from '../case-file.js';
import { serve } from '../serve.js';
import { ourRunners } from './runners.js';

/** Our engine: `node ours/main.js CASE.json`. */
async function main(path: string): Promise<void> {
  const { tensorFlowVersion } = await loadBackend();
  await serve(`@nse/supernet on TensorFlow ${tensorFlowVersion}`, ourRunners(await readCase(path)));
}

void main(process.argv[2] ?? '');
