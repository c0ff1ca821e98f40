import { poolNamed, roundsFor } from '@nse/space';
import { datasetFacts } from './dataset.js';
import { type SpecDraft } from './schema.js';
import { budgetOf, type Constraint, type DatasetSettings, type SearchSpec } from './spec.js';

/** Side of the images of a folder, as in the published search. */
const folderImageSize = 224;

/** Classes of a folder where the spec does not say; parsing demands the number. */
const folderClasses = 2;

/** Loss that the regulariser adds for a miss by the drift: 1e-5 * 10^2 in the published search. */
const lossOfDrift = 1e-3;

/** Fills the defaults that depend on other fields. */
export function resolve(draft: SpecDraft): SearchSpec {
  const facts = datasetFacts[draft.dataset.kind];
  const constraint = constraintOf(draft);
  const dataset = datasetOf(draft);
  const { continueFrom, ...rest } = draft;
  return {
    ...rest,
    ...(continueFrom === undefined ? {} : { continueFrom }),
    dataset,
    network: {
      ...draft.network,
      imageSize: draft.network.imageSize ?? facts.imageSize ?? folderImageSize,
      imageChannels: draft.network.imageChannels ?? (facts.channels === 1 ? 1 : 3),
      classes: draft.network.classes ?? facts.classes ?? folderClasses,
    },
    rounds: draft.rounds ?? defaultRounds(draft),
    constraint,
    train: { ...draft.train, augment: draft.train.augment ?? facts.augment },
    fitness: { ...draft.fitness, alpha: draft.fitness.alpha ?? alphaFor(constraint, draft.fitness.beta) },
    evaluate: {
      ...draft.evaluate,
      extraDrift: draft.evaluate.extraDrift ?? budgetOf(constraint).drift,
      images: draft.evaluate.images ?? dataset.heldOut,
    },
    retrain: { ...draft.retrain, augment: draft.retrain.augment ?? facts.augment },
  };
}

/** A continued search's rounds follow from what waits in the old one, which is not known here. */
function defaultRounds({ continueFrom, pool, subsetSize }: SpecDraft): number {
  return continueFrom === undefined ? roundsFor(poolNamed(pool).operations.length, subsetSize) : 0;
}

function datasetOf({ dataset }: SpecDraft): DatasetSettings {
  const { kind, path } = dataset;
  const facts = datasetFacts[kind];
  const heldOut = dataset.heldOut ?? facts.heldOut;
  // How many images own files hold is known when they are loaded.
  const trainable = path === undefined || kind === 'cifar10' ? facts.trainable : undefined;
  const train = dataset.train ?? (trainable === undefined ? undefined : trainable - heldOut);
  return {
    kind,
    ...(path === undefined ? {} : { path }),
    ...(train === undefined ? {} : { train }),
    heldOut,
  };
}

function constraintOf({ constraint: { macs, latency } }: SpecDraft): Constraint {
  if (latency !== undefined) return { latency };
  // Parsing demands one of the two; a draft with neither only gets here to be checked further.
  return { macs: macs ?? { target: 1, drift: 1 } };
}

function alphaFor(constraint: Constraint, beta: number): number {
  const { unit, drift } = budgetOf(constraint);
  return lossOfDrift / (unit === 'macs' ? drift / 1e6 : drift) ** beta;
}
