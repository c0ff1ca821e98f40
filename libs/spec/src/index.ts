export { type Augmentation, type DatasetKind } from './dataset.js';
export { parseSpec, parseSpecText, parseText } from './parse.js';
export { specJsonSchema } from './json-schema.js';
export { presetNamed, type PresetName, presets } from './presets.js';
export { type SpecOverrides, withOverrides } from './overrides.js';
export { type CostRange, costRange, targetViolations } from './reachable.js';
export { branchesOf, isWholePool, learnsAlphas, learnsFitness, type Method, methods } from './methods.js';
export { type MethodSettings } from './method-settings.js';
export { type SpecInput } from './schema.js';
export { roundEpochs } from './space-size.js';
export { violationsOf } from './violations.js';
export { alphaOf, type Budget, budgetOf, defaultAlpha, isSettled, macsLimitOf, unitOf } from './budget.js';
export { isAskedFor, type Settlement, settled } from './settled.js';
export { chooseOf, type ChooseSettings } from './choose.js';
export { canonicalOperation, type OperationInput, operationSchema } from './operation.js';
export { parseOperations } from './parse-operations.js';
export { type PoolChoice, poolChoiceOf, poolOf } from './pool-of.js';
export { macsLimits, tableCost } from './pricing.js';
export { retrainedPool } from './retrained.js';
export {
  type Constraint,
  type DatasetSettings,
  type EvaluateSettings,
  type FitnessSettings,
  type LatencyBudget,
  type LearningRateSettings,
  type MacsBudget,
  type RetrainSettings,
  type SearchSpec,
  type TrainSettings,
} from './spec.js';
