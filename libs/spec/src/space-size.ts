import { poolNamed, roundsFor } from '@nse/space';
import { SHRINK, shrinkStages } from '@nse/strategies';
import { isWholePool } from './methods.js';
import { type SpecDraft } from './schema.js';
import { type SearchSpec } from './spec.js';

/** How many operations a cell begins with, and in how many rounds the space is gone through. */
export function spaceSize(draft: SpecDraft): Pick<SearchSpec, 'subsetSize' | 'rounds'> {
  const { method, subsetSize, rounds, continueFrom } = draft;
  const size = poolSize(draft);
  if (isWholePool(method)) return { subsetSize: size, rounds: wholePoolRounds(draft, size) };
  // A continued search's rounds follow from what waits in the old one, which is not known here.
  const untold = continueFrom === undefined ? roundsFor(size, subsetSize) : 0;
  return { subsetSize, rounds: rounds ?? untold };
}

/** Counted, not built: whether the places are there is checked later. */
function poolSize({ pool, onlyOperations, addOperations = [] }: SpecDraft): number {
  return (onlyOperations?.length ?? poolNamed(pool).operations.length) + addOperations.length;
}

/** The whole pool is there at once; only shrinking comes back to it, once for each drop. */
function wholePoolRounds({ method, shrink = SHRINK }: SpecDraft, size: number): number {
  if (method !== 'shrink') return 1;
  return 1 + shrinkStages([Array.from({ length: size }, (_, operation) => operation)], shrink);
}

/** Length of a round's training in epochs; rounds count from 1. */
export function roundEpochs({ shrink, train }: Pick<SearchSpec, 'shrink' | 'train'>, round: number): number {
  return shrink === undefined || round === 1 ? train.epochs : shrink.furtherEpochs;
}
