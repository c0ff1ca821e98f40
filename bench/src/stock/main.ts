import { loadBackend } from '@nse/tensor';
import * as tf from '@tensorflow/tfjs';
import { readCase } from '../case-file.js';
import { serve } from '../serve.js';
import { stockRunners } from './runners.js';

/** Stock tfjs on the same native library as ours: `node stock/main.js CASE.json`. */
async function main(path: string): Promise<void> {
  const { tensorFlowVersion } = await loadBackend();
  const about = `tfjs ${tf.version.tfjs} on TensorFlow ${tensorFlowVersion}`;
  await serve(about, stockRunners(await readCase(path)));
}

void main(process.argv[2] ?? '');
