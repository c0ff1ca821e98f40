import { readCase } from '../case-file.js';
import { loadBackendOn } from '../on-device.js';
import { serve } from '../serve.js';
import { ourRunners } from './runners.js';

/** Our engine: `node ours/main.js CASE.json cpu|gpu`. */
async function main(path: string, device: string): Promise<void> {
  const { tensorFlowVersion } = await loadBackendOn(device);
  await serve(`@nse/supernet on TensorFlow ${tensorFlowVersion}`, ourRunners(await readCase(path)));
}

void main(process.argv[2] ?? '', process.argv[3] ?? 'cpu');
