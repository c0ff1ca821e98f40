import * as tf from '@tensorflow/tfjs';
import { readCase } from '../case-file.js';
import { loadBackendOn } from '../on-device.js';
import { serve } from '../serve.js';
import { stockRunners } from './runners.js';

/** Stock tfjs on the same native library as ours: `node stock/main.js CASE.json cpu|gpu`. */
async function main(path: string, device: string): Promise<void> {
  const { tensorFlowVersion } = await loadBackendOn(device);
  const about = `tfjs ${tf.version.tfjs} on TensorFlow ${tensorFlowVersion}`;
  await serve(about, stockRunners(await readCase(path)));
}

void main(process.argv[2] ?? '', process.argv[3] ?? 'cpu');
