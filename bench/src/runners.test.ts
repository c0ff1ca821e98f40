import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBackend } from '@nse/tensor';
import * as tf from '@tensorflow/tfjs';
import { agreement } from './agreement.js';
import { drawCase } from './case.js';
import { readCase, writeCase } from './case-file.js';
import { ourRunners } from './ours/runners.js';
import { shapes } from './shapes.js';
import { stockRunners } from './stock/runners.js';
import { drawTensors } from './tensors.js';

let folder: string;

beforeAll(async () => {
  await loadBackend();
  folder = await mkdtemp(join(tmpdir(), 'nse-bench-test-'));
});

// Names of variables are taken for as long as they live.
afterEach(() => tf.disposeVariables());

afterAll(() => rm(folder, { recursive: true }));

test.each(shapes().map((shape) => [shape.name, shape] as const))(
  'ours and stock tfjs compute the same losses in shape %s',
  async (name, shape) => {
    const path = join(folder, `${name}.json`);
    const benchCase = drawCase({ ...shape, batchSize: 8 }, { lap: 2, architectures: 2 });
    await writeCase(path, benchCase, drawTensors(benchCase));
    const read = await readCase(path);
    const [ours, stock] = [ourRunners(read), stockRunners(read)];
    for (const measure of ['score', 'fitness', 'weights'] as const) {
      const losses = { ours: await ours[measure](0, 2), stock: await stock[measure](0, 2) };
      expect(agreement(measure, new Map(Object.entries(losses)))).toBeLessThan(1e-4);
    }
  },
  180_000,
);
