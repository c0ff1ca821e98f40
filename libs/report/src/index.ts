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
  type LatencyFigures,
  type TableTrust,
} from './report.js';
export { reportSchema } from './schema.js';
export { stableJson, withoutTimes } from './stable.js';
export { type CurveStep, trainingCurve } from './curve.js';
export { type RoundOutcome, roundReport, type ScoredArchitecture } from './outcome.js';
export { architectureReport, networkReport, poolReport } from './architecture.js';
export { type CellFate, type Fate, FATES, inherited, spaceAfter, spaceCounts } from './evolution.js';
export { METHOD_NAMES, METHODS } from './method.js';
export {
  amountText,
  bandText,
  bytesText,
  costText,
  countText,
  durationText,
  percentText,
  pointsText,
} from './format.js';
export { plainStyle, type TerminalStyle, terminalStyle } from './terminal/style.js';
export { progressLine, type StageProgress } from './terminal/progress-line.js';
export { frontChart, frontsChart } from './terminal/front-chart.js';
export { frontTable } from './terminal/front-table.js';
export { roundSummary, type SummaryContext } from './terminal/round-summary.js';
export { architectureDrawing } from './terminal/drawing.js';
export { lossChart } from './terminal/curve-chart.js';
export { finalSummary } from './terminal/final-summary.js';
export { reportHtml } from './html/page.js';
export { htmlPage, type Page } from './html/shell.js';
export { html, type Markup } from './html/markup.js';
export { dataTable } from './html/table.js';
export { chart } from './html/chart.js';
export { frame, valueAxis } from './charts/axes.js';
export { type Palette, type Theme } from './charts/palette.js';
export { chartSvg, frontsSvg } from './charts/picture.js';
export { isNear, latencyLines, measuredText, paceText, trustText } from './latency.js';
