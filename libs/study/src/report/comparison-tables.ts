import { estimateText, percent, spreadText } from './figures.js';
import { labelOf, methodsOf } from './labels.js';
import type { StudyReport } from './report.js';
import type { Table } from './table.js';

const INTERVALS =
  "Points, with their 95 % interval by Student's distribution as if runs were independent (how many).";

/** Methods and variants beside each other, and whether they get better with the pool. */
export function comparisonTable(report: StudyReport): Table {
  const [first = ''] = methodsOf(report);
  return {
    title: 'Over all pools and seeds',
    note: `${INTERVALS} Ahead: of runs of the same pool and seed. A random architecture: the run's own, or those trained for its pool and seed. The reference is ${first}; that of a variant is its method without it. For each doubling of the pool: the slope over its size, which is above 0 where a larger pool helps.`,
    columns: [
      'Runs',
      'Test accuracy',
      'Ahead of a random architecture',
      'Ahead of the reference',
      'For each doubling of the pool',
    ],
    texts: 1,
    rows: report.comparisons.map((comparison) => [
      labelOf(comparison),
      spreadText(comparison.testAccuracy, percent),
      estimateText(comparison.aheadOfRandom),
      comparison.reference === null ? 'reference' : estimateText(comparison.aheadOfReference),
      estimateText(comparison.perDoubling),
    ]),
  };
}

/** What fronts come to once they are trained, by which rounds can be compared. */
export function trainedFrontsTable({ fronts }: StudyReport): Table {
  return {
    title: 'Fronts by round, trained from scratch',
    note: `Test accuracy: mean of the front's points that were trained, ± standard deviation over seeds. Ahead: of the first round of the same run. ${INTERVALS}`,
    columns: ['Runs', 'Operations', 'Round', 'Test accuracy', 'Ahead of round 1'],
    texts: 1,
    rows: fronts.map((front) => [
      labelOf(front),
      String(front.poolSize),
      String(front.round),
      spreadText(front.testAccuracy, percent),
      front.round === 1 ? '' : estimateText(front.aheadOfFirst),
    ]),
  };
}
