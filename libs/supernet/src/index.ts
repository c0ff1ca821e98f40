export { type Block, type Mode, operationBlock, type Pass, stemBlock, tailBlock } from './block.js';
export { isDecayed, isTrained, type WeightKind, type WeightPlace } from './weight-place.js';
export { Gradients, initialiseWeights, Statistics, Weights } from './weights.js';
export { decodeWeights, encodeWeights, fromFileLayout, toFileLayout } from './weights-file.js';
export type { Batch, BatchSource, CurvePoint, Hooks, Progress } from './hooks.js';
export type { Labelled } from './labelled.js';
export type { FitnessSettings, LearningRate, RetrainSettings, TrainSettings } from './settings.js';
export { type RoundData, type RoundInput, type RoundResult, trainRound } from './train.js';
export {
  evaluateArchitectures,
  type EvaluateData,
  type EvaluateHooks,
  type EvaluateInput,
} from './evaluate.js';
export type { Score } from './score.js';
export { prefixOrder } from './prefix.js';
export { breathe } from './breathe.js';
export { chain } from './block-chain.js';
export type { CellBlocks } from './cell.js';
export { decodeCheckpoint, encodeCheckpoint } from './checkpoint.js';
export { Curve, type CurveState } from './curve.js';
export { imagesOf, type ImageShape, withBatch } from './labelled.js';
export { rateAt, sgdFor, stepsOf } from './optimiser.js';
export { dot, readScalars } from './scalar.js';
export { type RetrainData, type RetrainInput, type RetrainResult, trainArchitecture } from './retrain.js';
export { placesOf, type Supernet, supernetOf } from './supernet.js';
export { pathBlock } from './path.js';
export { type Loss, type WeightStep, weightStep } from './weight-step.js';
export { type PairPass, pairPass } from './pair.js';
export { type FitnessStep, fitnessStep, type PairReading, readPair } from './fitness-step.js';
export {
  expectedCost,
  logitGradients,
  type PairChances,
  pairChances,
  regulariser,
  type RegulariserSettings,
  type SetCost,
} from './fitness.js';
export { type AdamSettings, Logits, type LogitsState } from './logits.js';
