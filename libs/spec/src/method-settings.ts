import {
  type AlphaSettings,
  DARTS,
  type DartsSettings,
  type EvolutionSettings,
  PATH_DROPOUT,
  type PathDropout,
  PROXYLESS,
  type ProxylessSettings,
  SHRINK,
  type ShrinkSettings,
  SPOS_EVOLUTION,
} from '@nse/strategies';
import { z } from 'zod';
import { field, nonNegative, positive, whole } from './field.js';
import { type Method } from './methods.js';

const fraction = () => z.number().min(0).max(1);

function alphaFields(published: AlphaSettings, source: string) {
  return {
    learningRate: field(positive().default(published.learningRate), {
      description: 'Learning rate of the architecture parameters (Adam).',
      source,
    }),
    beta1: field(nonNegative().lt(1).default(published.beta1), {
      description: 'Decay of the mean that Adam takes of gradients.',
      source,
    }),
    beta2: field(nonNegative().lt(1).default(published.beta2), {
      description: 'Decay of the mean that Adam takes of squared gradients.',
      source,
    }),
    decay: field(nonNegative().default(published.decay), {
      description: 'Weight decay of the architecture parameters.',
      source,
    }),
  };
}

export const dartsSchema = z.strictObject({
  order: field(z.enum(['first', 'second']).default(DARTS.order), {
    description:
      'Whether the gradient of the architecture parameters looks one weight step ahead (`second`), which takes four passes more, or takes the weights as they are (`first`).',
    source: 'methods, DARTS',
  }),
  ...alphaFields(DARTS, 'methods, DARTS'),
  clip: field(positive().default(DARTS.clip), {
    description: 'Weight gradients longer than this, all together, are scaled down to it.',
    source: 'methods, DARTS',
  }),
});

export const proxylessSchema = z.strictObject({
  ...alphaFields(PROXYLESS, 'methods, ProxylessNAS'),
  every: field(whole(1, 1_000_000).default(PROXYLESS.every), {
    description: 'The architecture parameters move after the weights of every so many steps.',
    source: 'methods, ProxylessNAS',
  }),
  warmup: field(fraction().default(PROXYLESS.warmup), {
    description: 'Part of the training at its beginning in which weights alone move, 0 to 1.',
    source: 'methods, ProxylessNAS',
  }),
  lambda: field(nonNegative().default(PROXYLESS.lambda), {
    description: 'Weight of the cost in the loss: lambda \\* (expected cost - target) / target.',
    source: 'methods, ProxylessNAS',
  }),
});

export const oneShotSchema = z.strictObject({
  rate: field(nonNegative().lt(1).default(PATH_DROPOUT.rate), {
    description:
      'r: of k branches of a cell each is dropped with chance r^(1/k) at the end of training, so all of them with chance r; the chance rises linearly from 0.',
    source: 'methods, One-Shot',
  }),
});

export const evolutionSchema = z.strictObject({
  population: field(whole(1, 10_000).default(SPOS_EVOLUTION.population), {
    description: 'Architectures scored in a generation.',
    source: 'methods, SPOS',
  }),
  generations: field(whole(1, 1000).default(SPOS_EVOLUTION.generations), {
    description: 'How many generations are scored; the first is drawn uniformly.',
    source: 'methods, SPOS',
  }),
  parents: field(whole(1, 10_000).default(SPOS_EVOLUTION.parents), {
    description: 'The best of all so far, from which the next generation is bred.',
    source: 'methods, SPOS',
  }),
  crossovers: field(whole(0, 10_000).default(SPOS_EVOLUTION.crossovers), {
    description: 'Architectures of a generation that take each cell from one of two parents.',
    source: 'methods, SPOS',
  }),
  mutations: field(whole(0, 10_000).default(SPOS_EVOLUTION.mutations), {
    description: 'Architectures of a generation that are a parent with some cells drawn anew.',
    source: 'methods, SPOS',
  }),
  mutationChance: field(fraction().default(SPOS_EVOLUTION.mutationChance), {
    description: 'Chance of a cell to be drawn anew in a mutation, 0 to 1.',
    source: 'methods, SPOS',
  }),
});

export const shrinkSchema = z.strictObject({
  keep: field(whole(1, 1000).default(SHRINK.keep), {
    description: 'Operations that each cell is left with at the end; it decides `rounds`.',
    source: 'methods, shrinking',
  }),
  drop: field(whole(1, 1000).default(SHRINK.drop), {
    description: 'Weakest operations that each cell loses after a round; it decides `rounds`.',
    source: 'methods, shrinking',
  }),
  samples: field(whole(1, 20_000).default(SHRINK.samples), {
    description: 'Architectures scored before operations are dropped.',
    source: 'methods, shrinking',
  }),
  furtherEpochs: field(positive().max(100_000).default(SHRINK.furtherEpochs), {
    description:
      'Length of the training after operations were dropped, in place of `train.epochs`, which is that of the first round. It goes on from the weights of the round before, without a warm-up.',
    unit: 'epochs',
    source: 'methods, shrinking',
  }),
});

/** Settings of the methods that have some; a resolved spec has those of its own method alone. */
export interface MethodSettings {
  readonly darts?: DartsSettings;
  readonly proxylessnas?: ProxylessSettings;
  readonly oneShot?: PathDropout;
  /** Of `spos` and `shrink`. */
  readonly evolution?: EvolutionSettings;
  readonly shrink?: ShrinkSettings;
}

/** As they may be written, whatever the method. */
export interface MethodDraft {
  readonly darts?: DartsSettings | undefined;
  readonly proxylessnas?: ProxylessSettings | undefined;
  readonly oneShot?: PathDropout | undefined;
  readonly evolution?: EvolutionSettings | undefined;
  readonly shrink?: ShrinkSettings | undefined;
}

/** The settings that the method goes by: what is written, else the published ones. */
export function methodSettings(method: Method, draft: MethodDraft): MethodSettings {
  const { darts, proxylessnas, oneShot, evolution, shrink } = draft;
  switch (method) {
    case 'darts':
      return { darts: darts ?? DARTS };
    case 'proxylessnas':
      return { proxylessnas: proxylessnas ?? PROXYLESS };
    case 'one-shot':
      return { oneShot: oneShot ?? PATH_DROPOUT };
    case 'spos':
      return { evolution: evolution ?? SPOS_EVOLUTION };
    case 'shrink':
      return { evolution: evolution ?? SPOS_EVOLUTION, shrink: shrink ?? SHRINK };
    case 'nse':
    case 'nse-single':
    case 'random':
      return {};
  }
}
