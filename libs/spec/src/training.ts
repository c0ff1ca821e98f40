import { z } from 'zod';
import { augmentations } from './dataset.js';
import { field, gpusField, memoryField, nonNegative, positive, whole } from './field.js';

/** What differs between the weights of a round and the final training. */
interface TrainingDefaults {
  readonly epochs: number;
  readonly warmupEpochs: number;
  readonly peak: number;
  readonly of: string;
}

function learningRateSchema(defaults: TrainingDefaults) {
  const source = 'one round, step 2';
  return z
    .strictObject({
      start: field(nonNegative().default(defaults.peak / 4), {
        description: 'Learning rate of the first step; it rises linearly to the peak.',
        source,
      }),
      peak: field(positive().default(defaults.peak), {
        description: 'Learning rate after the warm-up; from here it falls along a cosine.',
        source,
      }),
      final: field(nonNegative().default(0), { description: 'Learning rate after the last step.', source }),
      warmupEpochs: field(nonNegative().default(defaults.warmupEpochs), {
        description: 'Length of the warm-up; fractions count.',
        unit: 'epochs',
        source,
      }),
    })
    .prefault({});
}

/** The fields that every training of weights has: SGD with Nesterov momentum under a cosine schedule. */
function trainingFields(defaults: TrainingDefaults) {
  const source = 'one round, step 2';
  return {
    epochs: field(positive().max(100_000).default(defaults.epochs), {
      description: `Length of ${defaults.of}; fractions count, the number of steps is rounded.`,
      unit: 'epochs',
      source,
    }),
    batchSize: field(whole(1, 65_536).default(128), {
      description: 'Images of one step.',
      unit: 'images',
      source,
    }),
    learningRate: field(learningRateSchema(defaults), { description: 'Warm-up, then a cosine.', source }),
    momentum: field(nonNegative().lt(1).default(0.9), { description: 'Nesterov momentum.', source }),
    weightDecay: field(nonNegative().default(4e-5), {
      description: 'Decay of weights; biases and batch norm have none.',
      source,
    }),
    augment: field(z.enum(augmentations).optional(), {
      description:
        'How images are varied. `flip`: mirrored half the time; `shift`: moved by up to an eighth each way; `shift-flip`: both; `imagenet`: random resized crop, mirrored, colours jittered (data sets of kind `folder` only).',
      defaultText: '`shift-flip` for fashion-mnist and cifar10, `shift` for mnist, `imagenet` for folder',
    }),
    threads: field(whole(1, 1024).default(2), {
      description:
        'CPU threads of the kernels. The same count gives the same bits on any machine, another count other bits.',
    }),
    gpus: gpusField(),
    memoryMiB: memoryField(),
    checkpointSteps: field(whole(1).default(200), {
      description: 'Steps between checkpoints: at most so much work is done twice after a crash.',
    }),
  };
}

export const trainSchema = z
  .strictObject(
    trainingFields({ epochs: 2, warmupEpochs: 0.2, peak: 0.1, of: "one round's training of the supernet" }),
  )
  .prefault({});

export const retrainSchema = z
  .strictObject({
    ...trainingFields({ epochs: 5, warmupEpochs: 0.5, peak: 0.1, of: 'the final training from scratch' }),
    squeezeExcitation: field(z.boolean().default(false), {
      description:
        'Adds squeeze-excitation (reduction 4) before the last 1x1 convolution of every operation.',
      source: 'operations',
    }),
    activation: field(z.enum(['relu', 'swish']).default('relu'), {
      description: 'Activation of the final network.',
      source: 'operations',
    }),
    compareRandom: field(z.boolean().default(true), {
      description:
        'Also retrains a random architecture of the same cost from the same pool, to compare with.',
    }),
  })
  .prefault({});
