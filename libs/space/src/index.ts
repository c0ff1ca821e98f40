export type * from './operation.js';
export type * from './network.js';
export type * from './architecture.js';
export { ERROR_CODES, type ErrorCode, NseError, type NseErrorOptions, type Violation } from './error.js';
export { type Random, randomFrom, shuffled, standardNormal } from './random.js';
export { operationAt, operationName, poolNamed, POOLS } from './pool.js';
export { type Layer, layerMacs, layerParameters, layersOf, type Pair, type Placement } from './layers.js';
export { macroNetwork, scaledWidth } from './macro.js';
export { networkAt, type ScaledNetwork, WidthScales } from './width-scale.js';
export { decodeArchitecture, encodeArchitecture } from './code.js';
export {
  type CellwiseSum,
  type Cost,
  macsCost,
  parameters,
  parametersByCell,
  stemLayer,
  tailLayer,
} from './cost.js';
export {
  type Choice,
  type Emptiable,
  type Fitness,
  fitnessChoices,
  hasChoice,
  type Method,
  onChance,
  pathChoices,
  singleChoices,
} from './choice.js';
export { type BranchPair, chanceOf, drawArchitecture, drawPair, drawPath, pairChance } from './sample.js';
export { chooseFromFront, type MergedFront, mergeFronts, paretoFront, type Point } from './front.js';
export { type FrontRule, kneeHeights, rankFront } from './knee.js';
export {
  cellsWithRoom,
  extendPending,
  firstSpace,
  inherit,
  nextSpace,
  refill,
  roundsFor,
  type SpaceState,
} from './space.js';
export { extendSpace, growSpace, type Growth, roundsToTry } from './grow.js';
export { prune, type PruneInput, type Pruned } from './prune.js';
export { kendall } from './kendall.js';
export { latencyCost, operationTimes } from './latency.js';
export { type LatencyTable, type LayerTable, parseLatencyTable, type TableEntry } from './latency-table.js';
export {
  additionsIn,
  type AdditionEntry,
  entryKey,
  entryWords,
  type OperationEntry,
  type PartEntry,
  type RequiredEntry,
  requiredEntries,
  type StemEntry,
  type TailEntry,
} from './operation-entry.js';
export {
  LEAST_MS,
  missingEntries,
  OPERATION_TABLE_SCHEMA,
  type OperationTable,
  operationTable,
  type OperationTableContent,
  operationTableSchema,
  type TimedEntry,
  timedEntries,
  type Timing,
  withEntries,
} from './operation-table.js';
export { type Correction, fitCorrection, type MeasuredPair, NO_CORRECTION } from './correction.js';
export { judgeTable, type TrustPair, type TrustReport } from './latency-trust.js';
export { type PaceChange, paceReferences, type TablePace, tablePace } from './table-pace.js';
export { type TrustDraw, trustArchitectures } from './trust-architectures.js';
export { type CostBand, type CostLimit, extraBand, inBand, keepsTo, likeBand, targetBand } from './band.js';
export type { Sample } from './proposal.js';
export { type SampleOptions, sampleWithin, takeWithin } from './within.js';
export { randomArchitectureOfCost, type RandomArchitectureOptions } from './random-architecture.js';
export {
  type ArchitectureDescription,
  type BranchDescription,
  type CellDescription,
  describeArchitecture,
} from './describe.js';
export { PUBLISHED, type PublishedNetwork } from './published.js';
