import {
  type BilevelData,
  type SharedInput,
  trainDarts,
  trainOneShot,
  trainProxyless,
  trainSpos,
} from '@nse/baselines';
import { type CellSets, firstSpace, macroNetwork, macsCost, randomFrom } from '@nse/space';
import { parseSpec, poolOf, presets } from '@nse/spec';
import { DARTS, PROXYLESS } from '@nse/strategies';
import { type Batch, type BatchSource, type Hooks, trainRound } from '@nse/supernet';

/** Whose steps are measured. `shrink` trains as `spos` does, and `random` trains nothing. */
export const STEP_METHODS = [
  'nse',
  'nse-single',
  'spos',
  'proxylessnas',
  'one-shot',
  'darts-1st',
  'darts-2nd',
] as const;

export type StepMethod = (typeof STEP_METHODS)[number];

/**
 * So many steps of a method on the preset's network, over a pool of that size, on random images: what the images show does not
 * matter for time and memory. NSE's supernets hold K = 5 operations of the pool a cell, the others' the whole pool.
 */
export async function takeSteps(
  method: StepMethod,
  poolSize: number,
  steps: number,
  hooks: Hooks,
): Promise<void> {
  const spec = parseSpec(presets['fashion-mnist']);
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  const cost = macsCost(network, pool);
  // Evenly spread over the pool, so that each size has small and large operations.
  const operations = Array.from({ length: poolSize }, (_, index) =>
    Math.floor((index * pool.operations.length) / poolSize),
  );
  const input: SharedInput = {
    network,
    pool,
    subsets: network.cells.map(() => operations),
    train: { ...spec.train, epochs: 1, checkpointSteps: steps + 1 },
    seed: 1,
  };
  const { imageSize, imageChannels, classes } = network;
  const pixels = imageSize * imageSize * imageChannels;
  const source = (seed: number) => randomImages(seed, spec.train.batchSize, pixels, classes, steps);
  const data: BilevelData = { train: source(1), heldOut: source(2) };
  const target = 4e6;
  switch (method) {
    case 'nse':
    case 'nse-single': {
      const { subsets } = firstSpace(network.cells.length, poolSize, 5, randomFrom(1, 'subsets'));
      const drawn: CellSets = subsets.map((subset) => subset.map((index) => operations[index] ?? 0));
      const optimized = network.cells.map(() => []);
      const fitness = { ...spec.fitness, alpha: 0.01 };
      await trainRound(
        { ...input, subsets: drawn, optimized, cost, target, method, fitness, round: 1 },
        data,
        hooks,
      );
      return;
    }
    case 'spos':
      await trainSpos(input, data, hooks);
      return;
    case 'proxylessnas':
      await trainProxyless({ ...input, cost, target, proxyless: { ...PROXYLESS, warmup: 0 } }, data, hooks);
      return;
    case 'one-shot':
      await trainOneShot(input, data, hooks);
      return;
    case 'darts-1st':
    case 'darts-2nd': {
      const order = method === 'darts-1st' ? 'first' : 'second';
      await trainDarts({ ...input, darts: { ...DARTS, order } }, data, hooks);
    }
  }
}

function randomImages(
  seed: number,
  count: number,
  pixels: number,
  classes: number,
  stepsPerEpoch: number,
): BatchSource {
  const random = randomFrom(seed, 'images');
  const batch: Batch = {
    images: Float32Array.from({ length: count * pixels }, () => 2 * random.next() - 1),
    labels: Int32Array.from({ length: count }, () => random.below(classes)),
    count,
  };
  return { stepsPerEpoch, at: () => Promise.resolve(batch) };
}
