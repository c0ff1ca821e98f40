import { type Architecture, type CellSets, drawPath, type Emptiable, randomFrom } from '@nse/space';
import type { Hooks } from '@nse/supernet';

import { trainPaths } from './path-training.js';
import type { SharedInput, SharedResult, WeightData } from './settings.js';

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
