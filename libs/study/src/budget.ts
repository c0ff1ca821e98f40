import { NseError } from '@nse/space';
import type { SearchSpec } from '@nse/spec';
import { merged } from './merge.js';
import type { SpecFields, Study } from './schema.js';

/** Steps of one epoch of a search's weight training. Raises INVALID_ARGUMENT where nothing says how many images there are. */
export function stepsPerEpoch({ dataset, train }: SearchSpec): number {
  if (dataset.train === undefined) {
    throw NseError.invalid([
      { field: 'dataset.train', description: 'missing; the steps of a budget are counted by it' },
    ]);
  }
  return Math.max(1, Math.floor(dataset.train / train.batchSize));
}

/** Steps of weight training in each round of a search, as the engine rounds them. */
export function stepsByRound(spec: SearchSpec): number[] {
  const each = stepsPerEpoch(spec);
  return epochsByRound(spec).map((epochs) => Math.max(1, Math.round(epochs * each)));
}

function epochsByRound({ rounds, train }: SearchSpec): number[] {
  return Array.from({ length: rounds }, () => train.epochs);
}

/**
 * What of a spec makes its run keep to the budget: `spec` is it resolved before. The steps of all rounds add up to those of the
 * budget, but for rounding; a warm-up keeps its share of the training.
 */
export function budgetFields(spec: SearchSpec, { steps, architectures }: Study['budget']): SpecFields {
  const { epochs, learningRate } = spec.train;
  // A whole number of steps: the engine rounds, and every round would lose the same.
  const own = Math.max(1, Math.round(steps / spec.rounds)) / stepsPerEpoch(spec);
  const warmupEpochs = (own * learningRate.warmupEpochs) / epochs;
  return {
    train: { epochs: own, learningRate: { warmupEpochs } },
    ...(architectures === undefined
      ? {}
      : { evaluate: { architectures: Math.max(1, Math.round(architectures / spec.rounds)) } }),
  };
}

/** K of a spec that names none. */
const DEFAULT_SUBSET = 5;

/** K is at most the pool, and the rounds follow from both: those of `base` are for its own pool. */
export function poolFields(base: SpecFields, patches: readonly SpecFields[], size: number): SpecFields {
  const written = merged(base, { rounds: null }, ...patches);
  const { subsetSize = DEFAULT_SUBSET } = written;
  return typeof subsetSize === 'number' && subsetSize > size ? { ...written, subsetSize: size } : written;
}
