import { resolvedChoose } from './choose.js';
import { resolvedAblation } from './ablation.js';
import { datasetFacts } from './dataset.js';
import { methodSettings } from './method-settings.js';
import { canonicalOperation } from './operation.js';
import { type PoolChoice, poolChoiceOf } from './pool-of.js';
import { type SpecDraft } from './schema.js';
import { spaceSize } from './space-size.js';
import { budgetOf, defaultAlpha, isSettled } from './budget.js';
import { type Constraint, type DatasetSettings, type LatencyBudget, type SearchSpec } from './spec.js';
import { resolvedTrain } from './train-defaults.js';

/** Side of the images of a folder, as in the published search. */
const folderImageSize = 224;

/** Classes of a folder where the spec does not say; parsing demands the number. */
const folderClasses = 2;

/** The drift of a latency budget that says none, as a part of the target. */
const driftShare = 1 / 20;

/** How many of the front are measured on a device unless the spec says. */
const measuredAgain = 5;

/** Fills the defaults that depend on other fields. */
export function resolve(draft: SpecDraft): SearchSpec {
  const facts = datasetFacts[draft.dataset.kind];
  const constraint = constraintOf(draft);
  const dataset = datasetOf(draft);
  const { continueFrom, onlyOperations, addOperations, choose, ...others } = draft;
  const { darts, proxylessnas, oneShot, evolution, shrink, ablation, ...rest } = others;
  return {
    ...rest,
    ...(continueFrom === undefined ? {} : { continueFrom }),
    ...poolChoice({ pool: rest.pool, onlyOperations, addOperations }),
    ...resolvedChoose(choose, draft.constraint.macs?.target),
    dataset,
    network: {
      ...draft.network,
      imageSize: draft.network.imageSize ?? facts.imageSize ?? folderImageSize,
      imageChannels: draft.network.imageChannels ?? (facts.channels === 1 ? 1 : 3),
      classes: draft.network.classes ?? facts.classes ?? folderClasses,
    },
    ...spaceSize(draft),
    constraint,
    train: resolvedTrain(draft, facts.augment),
    ...scoringOf(draft, constraint, dataset),
    ...methodSettings(draft.method, { darts, proxylessnas, oneShot, evolution, shrink }),
    ...resolvedAblation(draft.method, ablation),
    retrain: { ...draft.retrain, augment: draft.retrain.augment ?? facts.augment },
  };
}

type PoolDraft = Pick<SpecDraft, 'pool' | 'onlyOperations' | 'addOperations'>;

function poolChoice({ pool, onlyOperations, addOperations = [] }: PoolDraft): PoolChoice {
  const own = addOperations.length === 0 ? undefined : addOperations.map(canonicalOperation);
  return poolChoiceOf({ pool, onlyOperations, addOperations: own });
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
  if (latency !== undefined) return { ...(macs === undefined ? {} : { macs }), latency: latencyOf(latency) };
  // Parsing demands one of the two; a draft with neither only gets here to be checked further.
  return { macs: macs ?? { target: 1, drift: 1 } };
}

function latencyOf(latency: NonNullable<SpecDraft['constraint']['latency']>): LatencyBudget {
  const { device, table, targetMs, likeMacs } = latency;
  // Four digits: a person reads it.
  const derived = targetMs === undefined ? undefined : Number((targetMs * driftShare).toPrecision(4));
  const driftMs = latency.driftMs ?? derived;
  return {
    ...(device === undefined ? {} : { device }),
    ...(table === undefined ? {} : { table }),
    ...(targetMs === undefined ? {} : { targetMs }),
    ...(likeMacs === undefined ? {} : { likeMacs }),
    ...(driftMs === undefined ? {} : { driftMs }),
    ...(device === undefined ? {} : { remeasure: latency.remeasure ?? measuredAgain }),
    ...(device === undefined ? {} : { threads: latency.threads ?? 1 }),
  };
}

/** What follows from target and drift stays open until they are known. */
function scoringOf(
  { fitness, evaluate }: SpecDraft,
  constraint: Constraint,
  { heldOut }: DatasetSettings,
): Pick<SearchSpec, 'fitness' | 'evaluate'> {
  const budget = isSettled(constraint) ? budgetOf(constraint) : undefined;
  const { alpha = budget && defaultAlpha(budget, fitness.beta), ...restOfFitness } = fitness;
  const { extraDrift = budget?.drift, images = heldOut, ...restOfEvaluate } = evaluate;
  return {
    fitness: { ...restOfFitness, ...(alpha === undefined ? {} : { alpha }) },
    evaluate: { ...restOfEvaluate, images, ...(extraDrift === undefined ? {} : { extraDrift }) },
  };
}
