export {
  type Candidate,
  ranked,
  type ScoreCodes,
  type SearchSpace,
  uniformArchitectures,
} from './candidates.js';
export { likeliest, likeliestWithin } from './derive.js';
export { type EvolutionInput, type EvolutionState, firstGeneration, nextGeneration } from './evolution.js';
export { evolve, type EvolutionHooks } from './evolve.js';
export { architectureOf, type CellOptions, optionsOf, wholePool } from './options.js';
export {
  DARTS,
  DARTS_TRAINING,
  ONE_SHOT_TRAINING,
  PATH_DROPOUT,
  PROXYLESS,
  PROXYLESS_TRAINING,
  SHRINK,
  SPOS_EVOLUTION,
  SPOS_TRAINING,
} from './published.js';
export { randomSearch } from './random-search.js';
export type {
  AlphaSettings,
  DartsSettings,
  EvolutionSettings,
  PathDropout,
  ProxylessSettings,
  PublishedTraining,
  ShrinkSettings,
} from './settings.js';
export { shrinkSamples, shrinkSpace, shrinkStages } from './shrink.js';
export { softmax } from './softmax.js';
