export {
  type ArchitectureReport,
  type CellReport,
  type Constraint,
  type CurvePoint,
  type FrontPoint,
  type NetworkReport,
  parseReport,
  type Report,
  type RoundReport,
  type SpaceReport,
} from './report.js';
export { reportSchema } from './schema.js';
export { stableJson, withoutTimes } from './stable.js';
export { type CurveStep, trainingCurve } from './curve.js';
export { type RoundOutcome, roundReport } from './outcome.js';
export { architectureReport, networkReport, poolReport } from './architecture.js';
export { type CellFate, type Fate, FATES, inherited, spaceAfter, spaceCounts } from './evolution.js';
export { bytesText, costText, countText, durationText, percentText, pointsText } from './format.js';
