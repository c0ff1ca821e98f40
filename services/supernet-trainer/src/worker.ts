import { batches, loadDataset } from '@nse/data';
import { runWorker, type WorkerContext } from '@nse/jobs';
import { costOfSearch } from '@nse/service';
import { macroNetwork, type MacroNetwork, macsCost, NseError, type Pool } from '@nse/space';
import { alphaOf, branchesOf, budgetOf, defaultAlpha, macsLimitOf, poolOf, type SearchSpec } from '@nse/spec';
import { trainRound } from '@nse/supernet';
import { loadBackend } from '@nse/tensor';
import { decodeTrainTask, type TrainResult, type TrainTask } from './task.js';

/** Trains one round's supernet: its images, its weights, its fitness; from the last checkpoint if there is one. */
async function train(context: WorkerContext<TrainTask>): Promise<TrainResult> {
  const { input, bus, task, signal, log } = context;
  const { spec, round } = input;
  const started = performance.now();
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  await loadBackend();
  const dataset = await loadDataset(spec.dataset, {
    network: spec.network,
    signal,
    notice: (text) => log.info(text),
  });
  const carried = input.carried === null ? undefined : await bus.artifacts.get(input.carried);
  const resume = await context.resume();
  const outcome = await trainRound(
    {
      network,
      pool,
      cost: await costOfSearch(bus, spec, network, pool),
      target: budgetOf(spec.constraint).target,
      ...limitOf(spec, network, pool),
      method: branchesOf(spec.method),
      subsets: input.subsets,
      optimized: input.optimized ?? input.subsets.map(() => []),
      train: spec.train,
      fitness: { ...spec.fitness, alpha: alphaOf(spec) },
      seed: spec.seed,
      round,
      ...(carried === undefined ? {} : { carried }),
    },
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
  const { subsets, logits, pruned } = outcome;
  requireFinite(logits);
  return {
    weights: await bus.artifacts.put(`${task}/weights.safetensors`, outcome.weights),
    curve: await bus.artifacts.put(`${task}/curve.json`, Buffer.from(JSON.stringify(outcome.curve))),
    subsets,
    logits,
    pruned,
    seconds: (performance.now() - started) / 1000,
  };
}

/** MACs beside a latency budget; the weight of their part of the loss is that of a MACs budget. */
function limitOf({ constraint, fitness }: SearchSpec, network: MacroNetwork, pool: Pool) {
  const limit = macsLimitOf(constraint);
  if (limit === undefined) return {};
  const { target } = limit;
  return { limit: { cost: macsCost(network, pool), target, alpha: defaultAlpha(limit, fitness.beta) } };
}

/** Raises FAILED_PRECONDITION where the training diverged: what was learned is worth nothing, and trying again gives the same. */
function requireFinite(logits: readonly (readonly number[])[]): void {
  if (logits.every((cell) => cell.every(Number.isFinite))) return;
  const message =
    'training diverged: a fitness is not a number; lower train.learningRate.peak or fitness.learningRate';
  throw new NseError('FAILED_PRECONDITION', message);
}

void runWorker({ name: 'supernet-trainer', decode: decodeTrainTask, handler: train });
