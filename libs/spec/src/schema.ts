import { z } from 'zod';
import { ablationSchema } from './ablation.js';
import { chooseSchema } from './choose.js';
import { constraintSchema } from './constraint.js';
import { datasetSchema } from './dataset.js';
import { field, name, whole } from './field.js';
import {
  dartsSchema,
  evolutionSchema,
  oneShotSchema,
  proxylessSchema,
  shrinkSchema,
} from './method-settings.js';
import { methods } from './methods.js';
import { networkSchema } from './network.js';
import { operationSchema } from './operation.js';
import { evaluateSchema, fitnessSchema } from './scoring.js';
import { retrainSchema, trainSchema } from './training.js';

/** More in one list is surely a mistake. */
const MOST_OPERATIONS = 256;

/** The search spec as a user writes it. */
export const specSchema = z
  .strictObject({
    name: field(name(), {
      description: 'Name of the search: at most 40 lower-case letters, digits and dashes, no dash at an end.',
    }),
    seed: field(whole(0, 0xffff_ffff).default(1), {
      description: 'All randomness of the search follows from it: the same seed gives the same result.',
    }),
    method: field(z.enum(methods).default('nse'), {
      description:
        '`nse`: any set of operations in a cell. `nse-single`: exactly one operation in a cell, or none in an N cell, and no fitness. The others are what NSE is compared with, on the same cells and budgets; they take the whole pool at once, and one operation in a cell, or none in an N cell.',
      source: 'one round; methods',
    }),
    continueFrom: field(name().optional(), {
      description:
        'Id of a search that is over and from which this one goes on: it begins with the optimized space and the front of that one, and tries what waits there, then the operations by which its pool is larger. The pool begins with the operations of the old one, and method, network and unit of the constraint are the same. Only with `nse` and `nse-single`.',
      source: 'decisions, 6',
      defaultText: 'none: the search begins anew',
    }),
    dataset: field(datasetSchema, { description: 'The images.' }),
    pool: field(z.enum(['mac27', 'mac72', 'gpu19']).default('mac27'), {
      description: 'The operation pool: every operation that a cell may ever use.',
      source: 'operations',
    }),
    onlyOperations: field(z.array(whole(0, 10_000)).min(2).max(MOST_OPERATIONS).optional(), {
      description:
        'Places in the named pool, counted from 0: only these operations are used, in this order. Codes of architectures count in this list.',
      source: 'operations',
      defaultText: 'the whole pool',
    }),
    addOperations: field(z.array(operationSchema).max(MOST_OPERATIONS).optional(), {
      description:
        'Operations of your own, which join the pool behind the others. One that the pool has already is refused.',
      source: 'operations',
      defaultText: 'none',
    }),
    network: field(networkSchema, { description: 'The macro network.', source: 'macro network' }),
    subsetSize: field(whole(2, 1000).default(5), {
      description:
        'K: operations of a cell that are in the supernet at once. An inherited optimized space may be larger. With methods other than `nse` and `nse-single` it has no effect: it becomes the size of the pool.',
      source: 'one round, step 5; published: 5, for gpu19 6',
    }),
    rounds: field(whole(0, 10_000).optional(), {
      description:
        'How many rounds the search has: at least 1. With `continueFrom`, 0 means as many as the operations that wait call for, floor(pending / (K - 1)) by the longest list, known once the search is created. With methods other than `nse` and `nse-single` it has no effect: it becomes 1, with `shrink` one more than operations are dropped.',
      source: 'one round, step 5; decisions, 6',
      defaultText:
        'floor((pool - 1) / (K - 1)), enough for every operation where each round lets K - 1 of them in; with `continueFrom` 0',
    }),
    constraint: field(constraintSchema, {
      description: 'The budget: `macs`, `latency`, or latency with a limit of MACs beside it.',
      source: 'cost model',
    }),
    train: field(trainSchema, {
      description:
        "Training of a round's supernet weights. Where a default says so, methods other than `nse` and `nse-single` take what is published for them.",
    }),
    fitness: field(fitnessSchema, {
      description:
        'Learning of the fitness, by `nse` alone; of `darts` and `proxylessnas` the held-out batches have its `batchSize`.',
    }),
    evaluate: field(evaluateSchema, { description: 'Sampling and scoring of architectures.' }),
    choose: field(chooseSchema.optional(), {
      description: 'How the final architecture is chosen from the last front.',
      source: 'choice',
      defaultText: 'the most accurate within the budget, as wide as it was searched',
    }),
    darts: field(dartsSchema.optional(), { description: 'Only with `darts`.', source: 'methods, DARTS' }),
    proxylessnas: field(proxylessSchema.optional(), {
      description: 'Only with `proxylessnas`.',
      source: 'methods, ProxylessNAS',
    }),
    oneShot: field(oneShotSchema.optional(), {
      description: 'Only with `one-shot`.',
      source: 'methods, One-Shot',
    }),
    evolution: field(evolutionSchema.optional(), {
      description: 'How `spos` searches the trained supernet, and `shrink` in its last round.',
      source: 'methods, SPOS',
    }),
    shrink: field(shrinkSchema.optional(), {
      description: 'Only with `shrink`.',
      source: 'methods, shrinking',
    }),
    ablation: field(ablationSchema.optional(), {
      description: 'Parts of the method that are left out, to see what they are good for.',
      source: 'one round',
    }),
    retrain: field(retrainSchema, { description: 'Training of the chosen architecture from scratch.' }),
  })
  .meta({ title: 'NSE search spec' });

/** The spec before defaults that depend on other fields are filled. */
export type SpecDraft = z.output<typeof specSchema>;

/** A spec as it may be written: everything with a default may be left out. */
export type SpecInput = z.input<typeof specSchema>;
