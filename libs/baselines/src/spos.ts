import { type Architecture, type CellSets, drawPath, type Emptiable, randomFrom } from '@nse/space';
import type { Hooks } from '@nse/supernet';

import { trainPaths } from './path-training.js';
import type { PublishedTraining, SharedInput, SharedResult, WeightData } from './settings.js';

/**
 * Guo et al., "Single Path One-Shot Neural Architecture Search with Uniform Sampling" (ECCV 2020), section 4: batches of
 * 1,024, weight decay 4e-5, 120 epochs (150,000 steps) from a learning rate of 0.5. Theirs falls linearly and smooths labels by
 * 0.1; ours falls by a cosine, without smoothing, as every supernet here.
 */
export const SPOS_TRAINING: PublishedTraining = {
  epochs: 120,
  learningRate: { start: 0.5, peak: 0.5, final: 0, warmupEpochs: 0 },
  momentum: 0.9,
  weightDecay: 4e-5,
  batchSize: 1024,
};

/**
 * SPOS: every step moves the weights of one path, drawn uniformly: one operation a cell, or none where it may be empty, each as
 * likely as the other. `evolve` then searches on the trained weights.
 */
export function trainSpos(input: SharedInput, data: WeightData, hooks: Hooks): Promise<SharedResult> {
  const pathAt = (step: number) => uniformPath(input.network.cells, input.subsets, input.seed, 'spos', step);
  return trainPaths(input, { purpose: 'spos', pathAt }, data, hooks);
}

/** One option in every cell, uniformly; the same for the same seed and counters. */
export function uniformPath(
  cells: readonly Emptiable[],
  subsets: CellSets,
  seed: number,
  ...counters: readonly (string | number)[]
): Architecture {
  return drawPath(cells, subsets, 'nse-single', randomFrom(seed, ...counters, 'path'));
}
