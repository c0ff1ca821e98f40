import { type Cost, randomFrom } from '@nse/space';
import { type Hooks, readPair, stepsOf, withBatch } from '@nse/supernet';

import type { AlphaSettings } from './alphas.js';
import { type AlphaResult, alphaResult } from './darts.js';
import { drawGates, drawPathBy, gateGradients } from './gates.js';
import { type CellOptions, optionsOf } from './options.js';
import { movePath } from './path-training.js';
import type { BilevelData, PublishedTraining, SharedInput } from './settings.js';
import { runTraining, type Training } from './training.js';

export interface ProxylessSettings extends AlphaSettings {
  /** The alphas move after the weights of every step that this divides. */
  readonly every: number;
  /** Share of the training at its beginning in which only weights move. */
  readonly warmup: number;
  /** lambda of the cost term: loss = cross-entropy + lambda * (expected cost - target) / target. */
  readonly lambda: number;
}

/**
 * Cai et al., "ProxylessNAS" (ICLR 2019), sections 3.2 and 3.3, and the authors' code (github.com/mit-han-lab/proxylessnas,
 * search/imagenet_arch_search.py): Adam with a learning rate of 1e-3, beta1 0, beta2 0.999 and no decay; a step of the alphas
 * for every 5 of the weights; 40 of 160 epochs before the alphas begin; lambda 0.1 for the added, linear cost term.
 */
export const PROXYLESS: ProxylessSettings = {
  learningRate: 1e-3,
  beta1: 0,
  beta2: 0.999,
  decay: 0,
  every: 5,
  warmup: 0.25,
  lambda: 0.1,
};

/**
 * The same code: 40 + 120 epochs with batches of 256, a cosine from 0.025 (from the warm-up's end there, over the whole training
 * here), Nesterov momentum 0.9, decay 4e-5. Theirs smooths labels by 0.1.
 */
export const PROXYLESS_TRAINING: PublishedTraining = {
  epochs: 160,
  learningRate: { start: 0.025, peak: 0.025, final: 0, warmupEpochs: 0 },
  momentum: 0.9,
  weightDecay: 4e-5,
  batchSize: 256,
};

export interface ProxylessInput extends SharedInput {
  readonly cost: Cost;
  /** Of the cost term, in the cost's unit. */
  readonly target: number;
  readonly proxyless?: ProxylessSettings;
}

interface Search {
  readonly input: ProxylessInput;
  readonly options: readonly CellOptions[];
  readonly settings: ProxylessSettings;
}

/**
 * ProxylessNAS: the weights of one path a step, drawn by the alphas' softmax; the alphas by binary gates over two sampled paths
 * on a held-out batch, with the expected cost in the loss; afterwards the two are moved together so that the probabilities of
 * the options that were not drawn stay as they were. Only one path has a way back at any time, so memory is that of a path and
 * the other's output.
 */
export function trainProxyless(input: ProxylessInput, data: BilevelData, hooks: Hooks): Promise<AlphaResult> {
  const { proxyless: settings = PROXYLESS } = input;
  const options = optionsOf(input.network.cells, input.subsets);
  return runTraining(
    {
      input,
      purpose: 'proxylessnas',
      alphas: settings,
      train: data.train,
      takeStep: (training) => takeStep(training, { input, options, settings }, data),
      result: (training) => alphaResult(training, options),
    },
    hooks,
  );
}

async function takeStep(training: Training, search: Search, data: BilevelData): Promise<void> {
  const { input, options, settings } = search;
  const { step } = training;
  const random = randomFrom(input.seed, 'proxylessnas', step, 'path');
  const path = drawPathBy(options, training.alphas?.probabilities() ?? [], random);
  await movePath(training, input, path, data);
  const warm = settings.warmup * stepsOf(input.train, data.train.stepsPerEpoch);
  if (step >= warm && step % settings.every === 0) await moveAlphas(training, search, data);
}

async function moveAlphas(
  training: Training,
  { input, options, settings }: Search,
  { heldOut }: BilevelData,
): Promise<void> {
  const { supernet, weights, alphas, step } = training;
  if (alphas === undefined) return;
  const batch = await heldOut.at(Math.floor(step / settings.every));
  const rows = alphas.rows();
  const random = randomFrom(input.seed, 'proxylessnas', step, 'gates');
  const drawn = drawGates(options, alphas.probabilities(), random);
  const { gaps } = withBatch(batch, input.network, (labelled) =>
    readPair(supernet, weights, drawn.pairs, labelled),
  );
  alphas.apply(gateGradients(input.cost, drawn, rows, gaps, settings.lambda / input.target));
  drawn.gates.forEach((pair, cell) => {
    if (pair === undefined) return;
    const both = [pair.active, pair.other];
    alphas.keepMass(
      cell,
      both,
      both.map((option) => rows[cell]?.[option] ?? 0),
    );
  });
}
