import { batches, loadDataset } from '@nse/data';
import { runWorker, type WorkerContext } from '@nse/jobs';
import { costOfSearch } from '@nse/service';
import { macroNetwork } from '@nse/space';
import { poolOf } from '@nse/spec';
import { loadBackendFor } from '@nse/tensor';
import { trainByMethod } from './by-method.js';
import { decodeTrainTask, type TrainResult, type TrainTask } from './task.js';

/** Trains one round's supernet: its images, its weights, what its method learns beside; from the last checkpoint if there is one. */
async function train(context: WorkerContext<TrainTask>): Promise<TrainResult> {
  const { input, bus, task, signal, log } = context;
  const { spec, round } = input;
  const started = performance.now();
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  await loadBackendFor(spec.train.gpus, (text) => log.warn(text));
  const dataset = await loadDataset(spec.dataset, {
    network: spec.network,
    signal,
    notice: (text) => log.info(text),
  });
  const cost = await costOfSearch(bus, spec, network, pool);
  const carried = input.carried === null ? undefined : await bus.artifacts.get(input.carried);
  const resume = await context.resume();
  const { weights, curve, ...learned } = await trainByMethod(
    { task: input, network, pool, cost, carried },
    {
      train: batches(dataset.train, {
        batchSize: spec.train.batchSize,
        seed: spec.seed,
        counters: ['train', round],
        augment: spec.train.augment,
      }),
      heldOut: batches(dataset.heldOut, {
        batchSize: spec.fitness.batchSize,
        seed: spec.seed,
        counters: ['fitness', round],
      }),
    },
    {
      ...(resume === undefined ? {} : { resume }),
      checkpoint: (bytes, step) => context.checkpoint(bytes, step),
      progress: (progress) => context.progress(progress),
      signal,
    },
  );
  return {
    weights: await bus.artifacts.put(`${task}/weights.safetensors`, weights),
    curve: await bus.artifacts.put(`${task}/curve.json`, Buffer.from(JSON.stringify(curve))),
    ...learned,
    seconds: (performance.now() - started) / 1000,
  };
}

void runWorker({ name: 'supernet-trainer', decode: decodeTrainTask, handler: train });
