import { learningRateAt, Sgd } from '@nse/tensor';

import type { AdamSettings } from './logits.js';
import type { FitnessSettings, TrainSettings } from './settings.js';

/** SGD as the settings say. Only convolutions and the linear layer's matrix decay: their names end so. */
export function sgdFor({ momentum, weightDecay }: TrainSettings): Sgd {
  return new Sgd({ momentum, weightDecay, decays: (name) => name.endsWith('.weight') });
}

/** Steps of a whole training. */
export function stepsOf({ epochs }: Pick<TrainSettings, 'epochs'>, stepsPerEpoch: number): number {
  return Math.max(1, Math.round(epochs * stepsPerEpoch));
}

/** The learning rate of a step, counted from 0. */
export function rateAt(step: number, { epochs, learningRate }: TrainSettings, stepsPerEpoch: number): number {
  return learningRateAt(step, {
    start: learningRate.start,
    peak: learningRate.peak,
    final: learningRate.final,
    warmupSteps: Math.round(learningRate.warmupEpochs * stepsPerEpoch),
    steps: stepsOf({ epochs }, stepsPerEpoch),
  });
}

/** Adam of the fitness; beta2 and epsilon as published. */
export function adamFor({ learningRate }: FitnessSettings): AdamSettings {
  return { learningRate, beta2: 0.999, epsilon: 1e-8 };
}
