import type { Hooks } from '@nse/supernet';

import { trainPaths } from './path-training.js';
import type { SharedInput, SharedResult, WeightData } from './settings.js';
import { uniformPath } from './spos.js';

export interface ShrinkStageInput extends SharedInput {
  /** Counted from 0: how often operations were dropped before. */
  readonly stage: number;
  /** The weights of the stage before, over larger subsets: training goes on from them. */
  readonly carried?: Uint8Array;
}

/** One stage of training between two drops: uniform single paths over the operations that are left, as SPOS. */
export function trainShrinkStage(
  input: ShrinkStageInput,
  data: WeightData,
  hooks: Hooks,
): Promise<SharedResult> {
  const { network, subsets, seed, stage, carried } = input;
  const pathAt = (step: number) => uniformPath(network.cells, subsets, seed, 'shrink', stage, step);
  return trainPaths(input, { purpose: 'shrink', pathAt, ...(carried && { carried }) }, data, hooks);
}
