import {
  type Architecture,
  type CellSets,
  type Choice,
  drawArchitecture,
  type Emptiable,
  randomFrom,
} from '@nse/space';
import { PATH_DROPOUT, type PathDropout } from '@nse/strategies';
import type { Hooks } from '@nse/supernet';

import { trainPaths } from './path-training.js';
import type { SharedInput, SharedResult, WeightData } from './settings.js';

export interface OneShotInput extends SharedInput {
  readonly dropout?: PathDropout;
}

/**
 * One-Shot: a supernet of all branches at once, their mean in each cell, of which more and more are dropped as training goes
 * on. `randomSearch` then looks for the best single branches by the shared weights. Early steps hold all branches in memory.
 */
export function trainOneShot(input: OneShotInput, data: WeightData, hooks: Hooks): Promise<SharedResult> {
  const { network, subsets, seed, dropout = PATH_DROPOUT } = input;
  const pathAt = (step: number, steps: number) =>
    droppedPath(network.cells, subsets, dropout, step / steps, seed, step);
  return trainPaths(input, { purpose: 'one-shot', pathAt }, data, hooks);
}

/** The chance that a branch is dropped: r^(1/k) at the end, a share of it before. `done` is in [0, 1]. */
export function dropChance({ rate }: PathDropout, branches: number, done: number): number {
  return done * rate ** (1 / branches);
}

/**
 * The branches that stay, each on its own; in a cell that may not be empty on condition that one stays. The identity of a cell
 * that has one is no branch that could be dropped: it belongs to the macro network.
 */
export function droppedPath(
  cells: readonly Emptiable[],
  subsets: CellSets,
  dropout: PathDropout,
  done: number,
  seed: number,
  step: number,
): Architecture {
  const choices = cells.map(({ identity }, cell): Choice => {
    const operations = subsets[cell] ?? [];
    const stays = 1 - dropChance(dropout, operations.length, done);
    return {
      kind: 'several',
      operations,
      chances: operations.map(() => stays),
      mayBeEmpty: identity,
    };
  });
  return drawArchitecture(choices, randomFrom(seed, 'one-shot', step, 'path'));
}
