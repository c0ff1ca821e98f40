import {
  DARTS_TRAINING,
  ONE_SHOT_TRAINING,
  PROXYLESS_TRAINING,
  type PublishedTraining,
  SPOS_TRAINING,
} from '@nse/strategies';
import { type Augmentation } from './dataset.js';
import { type Method } from './methods.js';
import { type SpecDraft } from './schema.js';
import { type TrainSettings } from './spec.js';

/** NSE's constants as published; lengths and sizes are for small images, and ours. */
export const NSE_TRAINING: PublishedTraining = {
  epochs: 2,
  batchSize: 128,
  learningRate: { start: 0.025, peak: 0.1, final: 0, warmupEpochs: 0.2 },
  momentum: 0.9,
  weightDecay: 4e-5,
};

const TRAININGS: Readonly<Record<Method, PublishedTraining>> = {
  nse: NSE_TRAINING,
  'nse-single': NSE_TRAINING,
  darts: DARTS_TRAINING,
  proxylessnas: PROXYLESS_TRAINING,
  spos: SPOS_TRAINING,
  'one-shot': ONE_SHOT_TRAINING,
  shrink: SPOS_TRAINING,
  random: SPOS_TRAINING,
};

/** The training of a round with what is not written taken from the method's own. */
export function resolvedTrain(
  { method, train }: Pick<SpecDraft, 'method' | 'train'>,
  augment: Augmentation,
): TrainSettings {
  const { learningRate: rate, ...own } = TRAININGS[method];
  const { learningRate, epochs, batchSize, momentum, weightDecay, augment: written, ...machine } = train;
  return {
    epochs: epochs ?? own.epochs,
    batchSize: batchSize ?? own.batchSize,
    learningRate: {
      start: learningRate.start ?? rate.start,
      peak: learningRate.peak ?? rate.peak,
      final: learningRate.final ?? rate.final,
      warmupEpochs: learningRate.warmupEpochs ?? rate.warmupEpochs,
    },
    momentum: momentum ?? own.momentum,
    weightDecay: weightDecay ?? own.weightDecay,
    // Where it is written it keeps its place: specs that are stored compare by their text.
    ...(written === undefined ? { ...machine, augment } : { augment: written, ...machine }),
  };
}
