import { batches, fixedBatches, loadDataset, preparations } from '@nse/data';
import { runWorker, type WorkerContext } from '@nse/jobs';
import { decodeArchitecture, macsCost, networkAt, parameters } from '@nse/space';
import { poolOf, retrainedPool } from '@nse/spec';
import { trainArchitecture } from '@nse/supernet';
import { loadBackendFor } from '@nse/tensor';
import { finishedWeights } from './finished-weights.js';
import { describeModel } from './model.js';
import { decodeRetrainTask, type RetrainResult, type RetrainTask } from './task.js';

const TEST_BATCH = 250;

/** Trains one architecture from scratch and, once, at the end, tests it. */
async function retrain(context: WorkerContext<RetrainTask>): Promise<RetrainResult> {
  const { input, bus, task, signal, log } = context;
  const { spec, code } = input;
  const started = performance.now();
  const network = networkAt(spec.network, input.widthScale);
  const pool = poolOf(spec);
  const architecture = decodeArchitecture(code, network, pool);
  await loadBackendFor(spec.retrain.gpus, (text) => log.warn(text));
  const dataset = await loadDataset(spec.dataset, {
    network: spec.network,
    signal,
    notice: (text) => log.info(text),
  });
  const resume = await context.resume();
  const outcome = await trainArchitecture(
    { network, pool, architecture, retrain: spec.retrain, seed: spec.seed },
    {
      // The same order of images for both roles: they differ in the architecture alone.
      train: batches(dataset.train, {
        batchSize: spec.retrain.batchSize,
        seed: spec.seed,
        counters: ['retrain'],
        augment: spec.retrain.augment,
      }),
      test: await fixedBatches(dataset.test, { batchSize: TEST_BATCH }),
    },
    {
      ...(resume === undefined ? {} : { resume }),
      checkpoint: (bytes, step) => context.checkpoint(bytes, step),
      progress: (progress) => context.progress(progress),
      signal,
    },
  );
  const { testAccuracy } = outcome;
  // Without the search's id: searches of one spec leave the same files.
  const described = { spec, network, pool, architecture };
  const measured = { dataset, normalisation: preparations[spec.dataset.kind], testAccuracy };
  const weights = await finishedWeights(outcome.weights, described, measured, signal);
  const json = (value: unknown) => Buffer.from(JSON.stringify(value, undefined, 2));
  return {
    code,
    macs: macsCost(network, pool).total(architecture),
    params: parameters(network, retrainedPool(pool, spec.retrain), architecture),
    testAccuracy,
    weights: await bus.artifacts.put(`${task}/model.safetensors`, weights),
    architecture: await bus.artifacts.put(
      `${task}/architecture.json`,
      json(describeModel(described, measured)),
    ),
    curve: await bus.artifacts.put(`${task}/curve.json`, json(outcome.curve)),
    seconds: (performance.now() - started) / 1000,
  };
}

void runWorker({ name: 'retrainer', decode: decodeRetrainTask, handler: retrain });
