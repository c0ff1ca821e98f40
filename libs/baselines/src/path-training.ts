import type { Architecture } from '@nse/space';
import { type Hooks, pathBlock, rateAt, stepsOf, weightStep, withBatch } from '@nse/supernet';
import { crossEntropy } from '@nse/tensor';

import type { SharedInput, SharedResult, WeightData } from './settings.js';
import { runTraining, type Training, type TrainingOptions } from './training.js';

export interface PathPlan extends Pick<TrainingOptions, 'purpose' | 'carried'> {
  /** The path whose weights step `step` moves, counted from 0; a function of its arguments and the seed alone. */
  readonly pathAt: (step: number, steps: number) => Architecture;
}

/** Trains the weights of one path a step; for the methods whose supernet has no architecture parameters. */
export function trainPaths(
  input: SharedInput,
  plan: PathPlan,
  data: WeightData,
  hooks: Hooks,
): Promise<SharedResult> {
  const { pathAt, ...options } = plan;
  return runTraining(
    {
      ...options,
      input,
      train: data.train,
      takeStep: (training) => moveWeights(training, input, pathAt, data),
      result: (training) => training.result(),
    },
    hooks,
  );
}

async function moveWeights(
  training: Training,
  input: SharedInput,
  pathAt: PathPlan['pathAt'],
  { train }: WeightData,
): Promise<void> {
  const steps = stepsOf(input.train, train.stepsPerEpoch);
  await movePath(training, input, pathAt(training.step, steps), { train });
}

/** One step of SGD on the weights of a path; no other weight moves. */
export async function movePath(
  training: Training,
  { network, train }: SharedInput,
  path: Architecture,
  data: WeightData,
): Promise<void> {
  const { step } = training;
  const batch = await data.train.at(step);
  const rate = rateAt(step, train, data.train.stepsPerEpoch);
  const block = pathBlock(training.supernet, path);
  const loss = withBatch(batch, network, ({ images, labels }) =>
    weightStep(training, block, images, (logits) => crossEntropy(logits, labels), rate),
  );
  training.curve.add(loss, step + 1);
}
