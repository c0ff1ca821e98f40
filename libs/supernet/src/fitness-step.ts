import type { BranchPair } from '@nse/space';
import { crossEntropy } from '@nse/tensor';
import {
  costGaps,
  excess,
  expectedCost,
  logitGradients,
  pairChances,
  regulariser,
  type RegulariserSettings,
  type SetCost,
} from './fitness.js';
import type { Labelled } from './labelled.js';
import type { Logits } from './logits.js';
import { pairPass } from './pair.js';
import { readScalars } from './scalar.js';
import type { Supernet } from './supernet.js';
import type { Weights } from './weights.js';

/** What the network says of a pair of branch sets per cell. */
export interface PairReading {
  /** Mean over the batch, of the network with the sets A. */
  readonly crossEntropy: number;
  /** Per cell, d cross-entropy / d pA - d cross-entropy / d pB; 0 where there is no choice. */
  readonly gaps: readonly number[];
}

/** Forward pass and backward pass over activations only: the weights are constants of a fitness step. */
export function readPair(
  supernet: Supernet,
  weights: Weights,
  pairs: readonly BranchPair[],
  { images, labels }: Labelled,
): PairReading {
  const pass = pairPass(supernet, pairs, images, weights);
  const { loss, dLogits } = crossEntropy(pass.logits, labels);
  const gaps = pass.backward(dLogits);
  const present = gaps.filter((gap) => gap !== undefined);
  const [value = NaN, ...read] = readScalars([loss, ...present]);
  for (const tensor of [pass.logits, loss, dLogits, ...present]) tensor.dispose();
  return { crossEntropy: value, gaps: gaps.map((gap) => (gap === undefined ? 0 : (read.shift() ?? NaN))) };
}

/** What a fitness step learns from, and what it moves. */
export interface FitnessStep {
  readonly supernet: Supernet;
  readonly weights: Weights;
  readonly logits: Logits;
  readonly cost: SetCost;
  readonly regulariser: RegulariserSettings;
  /** A further cost, of which only what is expected above its target is punished. */
  readonly limit?: { readonly cost: SetCost; readonly regulariser: RegulariserSettings } | undefined;
}

/** One fitness step: the logits of the drawn operations move, the weights stay. Returns the loss with its regulariser. */
export function fitnessStep(
  { supernet, weights, logits, cost, regulariser: settings, limit }: FitnessStep,
  pairs: readonly BranchPair[],
  batch: Labelled,
): number {
  const chances = pairs.map((pair, cell) => pairChances(pair, (operation) => logits.of(cell, operation)));
  const penalty = regulariser(expectedCost(cost, pairs, chances), settings);
  const over = limit && excess(expectedCost(limit.cost, pairs, chances), limit.regulariser);
  const { crossEntropy: loss, gaps } = readPair(supernet, weights, pairs, batch);
  const ofLimit = limit && over ? costGaps(limit.cost, pairs, over.slope) : [];
  const all = gaps.map((gap, cell) => gap + (ofLimit[cell] ?? 0));
  logits.apply(logitGradients(cost, pairs, chances, all, penalty.slope));
  return loss + penalty.value + (over?.value ?? 0);
}
