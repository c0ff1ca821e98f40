import type { Architecture } from '@nse/space';
import { type CellOptions, DARTS, type DartsSettings, likeliest, optionsOf } from '@nse/strategies';
import { Gradients, type Hooks, type Labelled, rateAt, sgdFor, withBatch } from '@nse/supernet';
import { crossEntropy, type Tensor } from '@nse/tensor';

import { throughSoftmax } from './alphas.js';
import { times } from './mixed.js';
import { mixedNetwork, readMixed } from './mixed-network.js';
import type { BilevelData, SharedInput, SharedResult } from './settings.js';
import { runTraining, type Training } from './training.js';
import { norm, unrolledSlopes } from './unrolled.js';

export interface DartsInput extends SharedInput {
  readonly darts?: DartsSettings;
}

/** What methods with architecture parameters leave. */
export interface AlphaResult extends SharedResult {
  /** Per cell, what `alphas` and `probabilities` are of, in this order. */
  readonly options: readonly CellOptions[];
  readonly alphas: readonly (readonly number[])[];
  readonly probabilities: readonly (readonly number[])[];
  /** The likeliest option in each cell, whatever it costs; `likeliestWithin` keeps to a budget. */
  readonly architecture: Architecture;
}

/**
 * DARTS on our macro network: a cell is one edge, whose output is a softmax over what it would be with each operation of its
 * subset, or with none where it has an identity (`mixedBlock`). Every step moves the alphas on a held-out batch, by one step of
 * Adam, and then the weights on a training batch. Blocks are ours, so batch norm has scale and shift, which DARTS' search leaves
 * out. All operations are in memory at once, and the second order takes four passes more.
 */
export function trainDarts(input: DartsInput, data: BilevelData, hooks: Hooks): Promise<AlphaResult> {
  const { darts = DARTS } = input;
  const options = optionsOf(input.network.cells, input.subsets);
  return runTraining(
    {
      input,
      purpose: 'darts',
      alphas: darts,
      train: data.train,
      takeStep: (training) => takeStep(training, { input, options, darts }, data),
      result: (training) => alphaResult(training, options),
    },
    hooks,
  );
}

/** Reads the alphas out. */
export function alphaResult(training: Training, options: readonly CellOptions[]): AlphaResult {
  const probabilities = training.alphas?.probabilities() ?? [];
  return {
    ...training.result(),
    options,
    alphas: training.alphas?.rows() ?? [],
    probabilities,
    architecture: likeliest(options, probabilities),
  };
}

interface Search {
  readonly input: SharedInput;
  readonly options: readonly CellOptions[];
  readonly darts: DartsSettings;
}

async function takeStep(training: Training, search: Search, data: BilevelData): Promise<void> {
  const { network, train: settings } = search.input;
  const batches = [await data.train.at(training.step), await data.heldOut.at(training.step)] as const;
  const rate = rateAt(training.step, settings, data.train.stepsPerEpoch);
  const loss = withBatch(batches[0], network, (train) => {
    withBatch(batches[1], network, (heldOut) => moveAlphas(training, search, { train, heldOut }, rate));
    return moveWeights(training, search, train, rate);
  });
  training.curve.add(loss, training.step + 1);
}

function moveAlphas(
  training: Training,
  { input, options, darts }: Search,
  batches: { readonly train: Labelled; readonly heldOut: Labelled },
  rate: number,
): void {
  const { supernet, weights, alphas, sgd } = training;
  const probabilities = alphas?.probabilities() ?? [];
  const network = { supernet, weights, options };
  const gradientOf = (slopes: readonly (readonly number[])[]) =>
    probabilities.map((row, cell) => throughSoftmax(row, slopes[cell] ?? []));
  if (darts.order === 'first') {
    alphas?.apply(gradientOf(readMixed(network, probabilities, batches.heldOut).slopes));
    return;
  }
  const next = sgdFor(input.train);
  next.restore(sgd.state());
  const ahead = { rate, momentum: input.train.momentum, sgd: next };
  alphas?.apply(gradientOf(unrolledSlopes(network, probabilities, batches, ahead).slopes));
  next.dispose();
}

/** One step of SGD on all weights, with the gradient clipped. Returns the loss, which the caller owns. */
function moveWeights(training: Training, { options, darts }: Search, batch: Labelled, rate: number): Tensor {
  const { weights, sgd } = training;
  const block = mixedNetwork(
    { supernet: training.supernet, options },
    training.alphas?.probabilities() ?? [],
  );
  const gradients = new Gradients();
  const pass = block.train(batch.images, weights);
  const { loss, dLogits } = crossEntropy(pass.out, batch.labels);
  pass.out.dispose();
  pass.backwardFirst(dLogits, gradients);
  dLogits.dispose();
  const clipped = [...gradients.entries()];
  const length = norm(gradients);
  if (length > darts.clip) {
    const scaled = clipped.map(([name, gradient]) => [name, times(gradient, darts.clip / length)] as const);
    sgd.step(weights, scaled, rate);
    for (const [, gradient] of scaled) gradient.dispose();
  } else {
    sgd.step(weights, clipped, rate);
  }
  gradients.dispose();
  return loss;
}
