import { type Cost, randomFrom } from '@nse/space';
import { type CellOptions, optionsOf, PROXYLESS, type ProxylessSettings } from '@nse/strategies';
import { type Hooks, readPair, stepsOf, withBatch } from '@nse/supernet';

import { type AlphaResult, alphaResult } from './darts.js';
import { drawGates, drawPathBy, gateGradients } from './gates.js';
import { movePath } from './path-training.js';
import type { BilevelData, SharedInput } from './settings.js';
import { runTraining, type Training } from './training.js';

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
