import { z } from 'zod';
import { augmentations } from './dataset.js';
import { field, type FieldMeaning, gpusField, memoryField, nonNegative, positive, whole } from './field.js';
import { NSE_TRAINING } from './train-defaults.js';

/** What differs between the weights of a round and the final training. */
interface TrainingDefaults {
  readonly epochs: number;
  readonly warmupEpochs: number;
  readonly peak: number;
  readonly of: string;
}

const source = 'one round, step 2';

/** Every field of a weight training, before what it is by default: SGD with Nesterov momentum under a cosine schedule. */
const bare = {
  epochs: positive().max(100_000),
  batchSize: whole(1, 65_536),
  start: nonNegative(),
  peak: positive(),
  final: nonNegative(),
  warmupEpochs: nonNegative(),
  momentum: nonNegative().lt(1),
  weightDecay: nonNegative(),
};

const meanings = {
  epochs: (of: string) => ({
    description: `Length of ${of}; fractions count, the number of steps is rounded.`,
    unit: 'epochs',
    source,
  }),
  batchSize: { description: 'Images of one step.', unit: 'images', source },
  start: { description: 'Learning rate of the first step; it rises linearly to the peak.', source },
  peak: { description: 'Learning rate after the warm-up; from here it falls along a cosine.', source },
  final: { description: 'Learning rate after the last step.', source },
  warmupEpochs: { description: 'Length of the warm-up; fractions count.', unit: 'epochs', source },
  learningRate: { description: 'Warm-up, then a cosine.', source },
  momentum: { description: 'Nesterov momentum.', source },
  weightDecay: { description: 'Decay of weights; biases and batch norm have none.', source },
};

const augment = field(z.enum(augmentations).optional(), {
  description:
    'How images are varied. `flip`: mirrored half the time; `shift`: moved by up to an eighth each way; `shift-flip`: both; `imagenet`: random resized crop, mirrored, colours jittered (data sets of kind `folder` only).',
  defaultText: '`shift-flip` for fashion-mnist and cifar10, `shift` for mnist, `imagenet` for folder',
});

const machineFields = {
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

/** The fields with one default each. */
function trainingFields({ epochs, warmupEpochs, peak, of }: TrainingDefaults) {
  const learningRate = z
    .strictObject({
      start: field(bare.start.default(peak / 4), meanings.start),
      peak: field(bare.peak.default(peak), meanings.peak),
      final: field(bare.final.default(0), meanings.final),
      warmupEpochs: field(bare.warmupEpochs.default(warmupEpochs), meanings.warmupEpochs),
    })
    .prefault({});
  return {
    epochs: field(bare.epochs.default(epochs), meanings.epochs(of)),
    batchSize: field(bare.batchSize.default(128), meanings.batchSize),
    learningRate: field(learningRate, meanings.learningRate),
    momentum: field(bare.momentum.default(0.9), meanings.momentum),
    weightDecay: field(bare.weightDecay.default(4e-5), meanings.weightDecay),
    augment,
    ...machineFields,
  };
}

/** A field whose default is the method's, which is filled in when the spec is resolved. */
function ofMethod<T extends z.ZodType>(schema: T, value: number, meaning: FieldMeaning) {
  return field(schema.optional(), { ...meaning, defaultText: `\`${value}\`; of other methods as published` });
}

const { learningRate: rate, ...own } = NSE_TRAINING;

export const trainSchema = z
  .strictObject({
    epochs: ofMethod(bare.epochs, own.epochs, meanings.epochs("one round's training of the supernet")),
    batchSize: ofMethod(bare.batchSize, own.batchSize, meanings.batchSize),
    learningRate: field(
      z
        .strictObject({
          start: ofMethod(bare.start, rate.start, meanings.start),
          peak: ofMethod(bare.peak, rate.peak, meanings.peak),
          final: ofMethod(bare.final, rate.final, meanings.final),
          warmupEpochs: ofMethod(bare.warmupEpochs, rate.warmupEpochs, meanings.warmupEpochs),
        })
        .prefault({}),
      meanings.learningRate,
    ),
    momentum: ofMethod(bare.momentum, own.momentum, meanings.momentum),
    weightDecay: ofMethod(bare.weightDecay, own.weightDecay, meanings.weightDecay),
    augment,
    ...machineFields,
  })
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
