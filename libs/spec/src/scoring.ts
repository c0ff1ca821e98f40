import { z } from 'zod';
import { field, gpusField, memoryField, nonNegative, positive, whole } from './field.js';

export const fitnessSchema = z
  .strictObject({
    every: field(whole(1).default(2), {
      description: 'One fitness step follows every so many weight steps.',
      source: 'one round, step 2',
    }),
    batchSize: field(whole(1, 65_536).default(128), {
      description: 'Held-out images of a fitness step.',
      unit: 'images',
      source: 'one round, step 2',
    }),
    learningRate: field(positive().default(0.02), {
      description: 'Learning rate of the fitness logits (Adam with beta1 0 and beta2 0.999).',
      source: 'one round, step 2; published: 0.005 over 62,500 steps',
    }),
    alpha: field(nonNegative().optional(), {
      description:
        'Weight of the regulariser alpha \\* (expected cost - target)^beta. Costs are in millions of multiply-accumulates, or in ms.',
      source: 'one round, step 2; published: 1e-5 with a drift of 10 million',
      defaultText: 'such that a miss by `drift` adds 0.001 to the loss, as published',
    }),
    beta: field(whole(1, 8).default(2), {
      description: 'Exponent of the regulariser.',
      source: 'one round, step 2',
    }),
    pruneBelow: field(z.number().max(0).default(-2), {
      description: 'An operation whose logit falls below this leaves its cell for good.',
      source: 'one round, step 2, prune',
    }),
  })
  .prefault({});

export const evaluateSchema = z
  .strictObject({
    architectures: field(whole(1, 20_000).default(120), {
      description: 'Distinct architectures sampled within the band and scored in a round.',
      source: 'one round, step 3; published: 2,000',
    }),
    extra: field(whole(0, 20_000).default(10), {
      description:
        'Architectures scored from just below the band: they keep the cheap edge of the front honest and are never inherited.',
      source: 'one round, step 3; published: 100',
    }),
    extraDrift: field(positive().optional(), {
      description: 'How far below the band the extra architectures may lie.',
      unit: 'multiply-accumulates, or ms',
      source: 'one round, step 3; published: 10 million',
      defaultText: "the constraint's drift",
    }),
    calibrationBatches: field(whole(1, 100_000).default(4), {
      description: 'Training batches from which batch norm is estimated anew for every architecture.',
      source: 'one round, step 3',
    }),
    batchSize: field(whole(1, 65_536).default(250), {
      description: 'Images of a batch when scoring, and of a calibration batch.',
      unit: 'images',
    }),
    images: field(whole(1).optional(), {
      description: 'Held-out images on which an architecture is scored: the first so many.',
      unit: 'images',
      source: 'one round, step 3',
      defaultText: 'all held-out images',
    }),
    workers: field(whole(1, 4096).default(2), {
      description: 'Processes that score side by side. The scores do not depend on it.',
    }),
    gpus: gpusField(),
    memoryMiB: memoryField(),
    threads: field(whole(1, 1024).default(1), {
      description: 'CPU threads of each scoring process.',
    }),
  })
  .prefault({});
