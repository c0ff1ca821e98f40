import { type Violation } from '@nse/space';
import { chooseViolations } from './choose-checks.js';
import { datasetFacts } from './dataset.js';
import { constraintViolations, driftViolations } from './constraint-checks.js';
import { isWholePool } from './methods.js';
import { planCounts } from './network.js';
import { poolViolations } from './pool-of.js';
import { poolSizeViolations, targetViolations } from './reachable.js';
import { type SpecDraft } from './schema.js';
import { type SearchSpec } from './spec.js';

/** A check over several fields. It is left out where one of the fields that it needs is already wrong. */
interface Check {
  readonly needs: readonly string[];
  violations(spec: SearchSpec, draft: SpecDraft): Violation[];
}

const checks: readonly Check[] = [
  { needs: ['constraint'], violations: (_, draft) => constraintViolations(draft) },
  { needs: ['rounds', 'continueFrom'], violations: (spec) => roundsViolations(spec) },
  { needs: ['method', 'continueFrom'], violations: (spec) => continueViolations(spec) },
  { needs: ['continueFrom', 'ablation'], violations: (spec) => ablationViolations(spec) },
  { needs: ['dataset', 'network.classes'], violations: (_, draft) => folderViolations(draft) },
  { needs: ['network.plan', 'network.depths'], violations: (spec) => countViolations(spec, 'depths') },
  { needs: ['network.plan', 'network.widths'], violations: (spec) => countViolations(spec, 'widths') },
  {
    needs: ['pool', 'onlyOperations', 'addOperations'],
    violations: (spec, draft) => poolViolations(spec, draft),
  },
  {
    needs: ['pool', 'onlyOperations', 'addOperations', 'subsetSize'],
    violations: (spec) => poolSizeViolations(spec),
  },
  { needs: ['dataset', 'network'], violations: (spec) => imageViolations(spec) },
  { needs: ['dataset'], violations: ({ dataset }) => splitViolations(dataset) },
  { needs: ['dataset', 'fitness', 'evaluate'], violations: (spec) => heldOutViolations(spec) },
  { needs: ['dataset', 'train', 'retrain', 'evaluate'], violations: (spec) => batchViolations(spec) },
  { needs: ['dataset', 'train'], violations: (spec) => trainingViolations(spec, 'train') },
  { needs: ['dataset', 'retrain'], violations: (spec) => trainingViolations(spec, 'retrain') },
  { needs: ['constraint'], violations: (spec) => driftViolations(spec) },
  {
    needs: [
      'method',
      'pool',
      'onlyOperations',
      'addOperations',
      'network',
      'dataset.kind',
      'constraint',
      'subsetSize',
    ],
    violations: (spec) => targetViolations(spec),
  },
  {
    needs: ['choose', 'pool', 'onlyOperations', 'addOperations', 'network', 'constraint'],
    violations: (spec) => chooseViolations(spec),
  },
];

/** Every fault between fields, given the faults of single fields. `spec` is `draft` resolved. */
export function crossFieldViolations(
  draft: SpecDraft,
  spec: SearchSpec,
  known: readonly Violation[],
): Violation[] {
  const found: Violation[] = [];
  for (const check of checks) {
    const wrong = [...known, ...found].map(({ field }) => field);
    if (check.needs.some((need) => wrong.some((field) => overlaps(field, need)))) continue;
    found.push(...check.violations(spec, draft));
  }
  return found;
}

/** Whether one field holds the other: `network` and `network.depths[2]` do, `train` and `training` do not. */
function overlaps(a: string, b: string): boolean {
  const within = (inner: string, outer: string) =>
    outer === '' || inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
  return within(a, b) || within(b, a);
}

function roundsViolations({ rounds, continueFrom }: SearchSpec): Violation[] {
  if (rounds > 0 || continueFrom !== undefined) return [];
  return [{ field: 'rounds', description: 'got 0; needs at least 1 without continueFrom' }];
}

function ablationViolations({ continueFrom, ablation }: SearchSpec): Violation[] {
  if (continueFrom === undefined || ablation === undefined) return [];
  return [
    { field: 'ablation.inherit', description: 'got false; with continueFrom the first round inherits' },
  ];
}

function continueViolations({ method, continueFrom }: SearchSpec): Violation[] {
  if (continueFrom === undefined || !isWholePool(method)) return [];
  const description = `got ${continueFrom}; ${method} has the whole pool from the beginning, so nothing goes on`;
  return [{ field: 'continueFrom', description }];
}

function folderViolations({ dataset, network }: SpecDraft): Violation[] {
  if (dataset.kind !== 'folder') return [];
  const missing = [
    dataset.path === undefined && 'dataset.path',
    network.classes === undefined && 'network.classes',
  ].filter((field) => field !== false);
  return missing.map((field) => ({ field, description: 'missing; a data set of kind folder needs it' }));
}

function countViolations({ network }: SearchSpec, key: 'depths' | 'widths'): Violation[] {
  const needed = planCounts[network.plan][key];
  const got = network[key].length;
  if (got === needed) return [];
  return [
    {
      field: `network.${key}`,
      description: `got ${got} numbers; needs ${needed} with plan ${network.plan}`,
    },
  ];
}

function imageViolations({ dataset, network }: SearchSpec): Violation[] {
  const facts = datasetFacts[dataset.kind];
  const mismatch = (
    key: 'imageSize' | 'imageChannels' | 'classes',
    needed: number | undefined,
  ): Violation[] =>
    needed === undefined || network[key] === needed
      ? []
      : [{ field: `network.${key}`, description: `got ${network[key]}; ${dataset.kind} has ${needed}` }];
  // Own IDX files may hold other images than MNIST does: they are checked against the network on loading.
  const own = dataset.path !== undefined && dataset.kind !== 'cifar10';
  return [
    ...mismatch('imageChannels', facts.channels),
    ...(own ? [] : [...mismatch('imageSize', facts.imageSize), ...mismatch('classes', facts.classes)]),
  ];
}

function splitViolations(dataset: SearchSpec['dataset']): Violation[] {
  const { trainable } = datasetFacts[dataset.kind];
  const { train = 1, heldOut, path } = dataset;
  if (trainable === undefined || path !== undefined) return [];
  if (train >= 1 && train + heldOut <= trainable) return [];
  const description = `got ${heldOut} beside ${train} for training; ${dataset.kind} has ${trainable} for both`;
  return [{ field: 'dataset.heldOut', description }];
}

function heldOutViolations({ dataset, fitness, evaluate }: SearchSpec): Violation[] {
  return [
    ...atMost('fitness.batchSize', fitness.batchSize, dataset.heldOut, 'held-out images'),
    ...atMost('evaluate.images', evaluate.images, dataset.heldOut, 'held-out images'),
  ];
}

function batchViolations({ dataset, train, retrain, evaluate }: SearchSpec): Violation[] {
  const images = dataset.train ?? Number.POSITIVE_INFINITY;
  const calibration = evaluate.calibrationBatches * evaluate.batchSize;
  return [
    ...atMost('train.batchSize', train.batchSize, images, 'training images'),
    ...atMost('retrain.batchSize', retrain.batchSize, images, 'training images'),
    ...atMost('evaluate.calibrationBatches', calibration, images, 'training images', 'images in all'),
  ];
}

function atMost(field: string, got: number, limit: number, what: string, unit = ''): Violation[] {
  if (got <= limit) return [];
  return [{ field, description: `got ${got}${unit && ` ${unit}`}; there are ${limit} ${what}` }];
}

function trainingViolations(spec: SearchSpec, key: 'train' | 'retrain'): Violation[] {
  const { augment, epochs, learningRate } = spec[key];
  const { peak, final, warmupEpochs } = learningRate;
  const found: Violation[] = [];
  const fault = (field: string, description: string) => found.push({ field: `${key}.${field}`, description });
  if (augment === 'imagenet' && spec.dataset.kind !== 'folder') {
    fault('augment', 'got "imagenet"; only a data set of kind folder has it');
  }
  if (warmupEpochs > epochs) {
    fault('learningRate.warmupEpochs', `got ${warmupEpochs}; the training has ${epochs} epochs`);
  }
  if (final > peak) fault('learningRate.final', `got ${final}; needs at most the peak, ${peak}`);
  return found;
}
