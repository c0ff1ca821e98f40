export { type AlphaSettings, Alphas, type AlphasState, softmax, throughSoftmax } from './alphas.js';
export {
  type Candidate,
  ranked,
  type ScoreCodes,
  type SearchSpace,
  uniformArchitectures,
} from './candidates.js';
export {
  type AlphaResult,
  DARTS,
  DARTS_TRAINING,
  type DartsInput,
  type DartsSettings,
  trainDarts,
} from './darts.js';
export { likeliest, likeliestWithin } from './derive.js';
export {
  type EvolutionInput,
  type EvolutionSettings,
  type EvolutionState,
  firstGeneration,
  nextGeneration,
  SPOS_EVOLUTION,
} from './evolution.js';
export { evolve, type EvolutionHooks } from './evolve.js';
export {
  dropChance,
  droppedPath,
  ONE_SHOT_TRAINING,
  type OneShotInput,
  PATH_DROPOUT,
  type PathDropout,
  trainOneShot,
} from './one-shot.js';
export { architectureOf, type CellOptions, optionsOf, wholePool } from './options.js';
export {
  PROXYLESS,
  PROXYLESS_TRAINING,
  type ProxylessInput,
  type ProxylessSettings,
  trainProxyless,
} from './proxyless.js';
export { randomSearch } from './random-search.js';
export type { BilevelData, PublishedTraining, SharedInput, SharedResult, WeightData } from './settings.js';
export { SHRINK, shrinkSamples, type ShrinkSettings, shrinkSpace, shrinkStages } from './shrink.js';
export { type ShrinkStageInput, trainShrinkStage } from './shrink-training.js';
export { SPOS_TRAINING, trainSpos, uniformPath } from './spos.js';
