import { NseError } from '@nse/space';
import { roundEpochs, type SearchSpec } from '@nse/spec';
import { evaluationFields } from './evaluation-budget.js';
import { isFields, merged } from './merge.js';
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
  return Array.from({ length: spec.rounds }, (_, index) =>
    Math.max(1, Math.round(roundEpochs(spec, index + 1) * each)),
  );
}

/** How long shrinking trains after each drop, as a part of its first training: 5 epochs after 100 as published. */
const PUBLISHED_FURTHER = 5 / 100;

/**
 * What of a spec makes its run keep to the budget: `spec` is `written` resolved. The steps of all rounds add up to those of the
 * budget, but for rounding; a warm-up keeps its share of the training, and shrinking that of its further trainings.
 */
export function budgetFields(
  written: SpecFields,
  spec: SearchSpec,
  { steps, architectures }: Study['budget'],
): SpecFields {
  const { epochs, learningRate } = spec.train;
  const each = stepsPerEpoch(spec);
  const { first, further } = stepsOf(written, spec, steps);
  const own = first / each;
  const training = {
    train: { epochs: own, learningRate: { warmupEpochs: (own * learningRate.warmupEpochs) / epochs } },
    ...(spec.shrink === undefined ? {} : { shrink: { furtherEpochs: further / each } }),
  };
  return architectures === undefined ? training : merged(training, evaluationFields(spec, architectures));
}

/** Whole numbers of steps, since the engine rounds, and every round would lose the same. */
function stepsOf(written: SpecFields, { rounds, train, shrink }: SearchSpec, steps: number) {
  if (shrink === undefined || rounds === 1) {
    const first = Math.max(1, Math.round(steps / rounds));
    return { first, further: first };
  }
  const isWritten = isFields(written['shrink']) && written['shrink']['furtherEpochs'] !== undefined;
  const share = isWritten ? shrink.furtherEpochs / train.epochs : PUBLISHED_FURTHER;
  const further = Math.max(1, Math.round((steps * share) / (1 + share * (rounds - 1))));
  return { first: Math.max(1, steps - further * (rounds - 1)), further };
}

/** K of a spec that names none. */
const DEFAULT_SUBSET = 5;

/** K is at most the pool, and the rounds follow from both: those of `base` are for its own pool. */
export function poolFields(base: SpecFields, patches: readonly SpecFields[], size: number): SpecFields {
  const written = merged(base, { rounds: null }, ...patches);
  const { subsetSize = DEFAULT_SUBSET } = written;
  return typeof subsetSize === 'number' && subsetSize > size ? { ...written, subsetSize: size } : written;
}
