import { drawPath, randomFrom } from '@nse/space';
import { readSafetensors } from '@nse/safetensors';
import { liveTensors, loadBackend } from '@nse/tensor';

import { type RetrainInput, trainArchitecture } from './retrain.js';
import { network, pool, recordingHooks, stripes, stripesSource, subsets } from './stripes.fixture.js';

const input: RetrainInput = {
  network,
  pool,
  architecture: drawPath(network.cells, subsets, 'nse', randomFrom(1, 'architecture')),
  retrain: {
    epochs: 1,
    learningRate: { start: 0.02, peak: 0.1, final: 0, warmupEpochs: 0.1 },
    momentum: 0.9,
    weightDecay: 4e-5,
    checkpointSteps: 20,
    squeezeExcitation: false,
    activation: 'relu',
    calibrationBatches: 4,
  },
  seed: 1,
};
const data = { train: stripesSource(1, 32, 60), test: [stripes(100, 9, 0), stripes(60, 9, 1)] };

beforeAll(() => loadBackend({ threads: 1 }));

test('learns well above chance', async () => {
  const { testAccuracy, curve } = await trainArchitecture(input, data, recordingHooks());
  expect(testAccuracy).toBeGreaterThan(0.8);
  expect(curve.at(-1)!.loss).toBeLessThan(0.5 * curve[0]!.loss);
});

test('learns with squeeze-excitation, Swish and smoothed labels too, and writes their weights', async () => {
  const options = { squeezeExcitation: true, activation: 'swish', labelSmoothing: 0.1 } as const;
  const changed = { ...input, retrain: { ...input.retrain, ...options } };
  const { testAccuracy, weights } = await trainArchitecture(changed, data, recordingHooks());
  expect(testAccuracy).toBeGreaterThan(0.8);
  expect([...readSafetensors(weights).tensors.keys()].some((name) => name.includes('.se.'))).toBe(true);
});

test('leaves an operation what it has of its own, whatever the settings say of the others', async () => {
  const cell = input.architecture.findIndex((operations) => operations.length > 0);
  const own = input.architecture[cell]![0]!;
  const operations = pool.operations.map((operation, index) =>
    index === own ? { ...operation, squeezeExcitation: true } : operation,
  );
  const short = { ...input, pool: { ...pool, operations }, retrain: { ...input.retrain, epochs: 0.1 } };
  const { weights } = await trainArchitecture(short, data, recordingHooks());
  const squeezed = [...readSafetensors(weights).tensors.keys()].filter((name) => name.includes('.se.'));
  expect(squeezed.length).toBeGreaterThan(0);
  for (const name of squeezed) expect(name).toMatch(new RegExp(`^cells\\.\\d+\\.ops\\.${own}\\.`));
});

test('goes on from a checkpoint to the same bytes', async () => {
  const hooks = recordingHooks();
  const straight = await trainArchitecture(input, data, hooks);
  expect([...hooks.checkpoints.keys()]).toEqual([20, 40]);
  const resumed = { ...recordingHooks(), resume: hooks.checkpoints.get(40)! };
  expect(await trainArchitecture(input, data, resumed)).toEqual(straight);
});

test('frees every tensor but the constants', async () => {
  const short = { ...input, retrain: { ...input.retrain, epochs: 0.1 } };
  await trainArchitecture(short, data, recordingHooks());
  const before = liveTensors();
  await trainArchitecture({ ...short, seed: 2 }, data, recordingHooks());
  expect(liveTensors()).toBe(before);
});
