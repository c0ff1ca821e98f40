import { operationName } from '@nse/space';
import { poolOf, unitOf } from '@nse/spec';
import type { StudyRun } from '../expand.js';
import type { RunResult } from '../result.js';
import type { Study } from '../schema.js';
import { spreadOf } from '../statistics/spread.js';
import { comparisonsOf, frontsOf } from './comparisons.js';
import type { GroupReport, RunReport, StudyReport } from './report.js';
import { runReport } from './run-report.js';

/** What the report tells beside the runs. */
export type Made = StudyReport['made'];

/** report.json of a study: of the runs that are over, in the order of the study. */
export function studyReport(
  study: Study,
  planned: readonly StudyRun[],
  results: readonly RunResult[],
  made: Made,
): StudyReport {
  const byRun = new Map(results.map((result) => [result.run, result]));
  const runs = planned
    .flatMap(({ name }) => byRun.get(name) ?? [])
    .map((result) => runReport(result, study.seed));
  const [first] = planned;
  return {
    schema: 1,
    name: study.name,
    about: study.about ?? null,
    planned: planned.length,
    done: runs.length,
    unit: first === undefined ? 'macs' : unitOf(first.spec.constraint),
    chance: first === undefined ? 0 : 1 / first.spec.network.classes,
    budget: { steps: study.budget.steps, architectures: study.budget.architectures ?? null },
    axes: study.axes,
    variants: study.variants.map(({ name, about }) => ({ name, about: about ?? null })),
    groups: groupsOf(planned, runs),
    comparisons: comparisonsOf(runs, study.axes.methods),
    fronts: frontsOf(runs, study.axes.methods),
    runs,
    pools: poolsOf(planned),
    study: JSON.parse(JSON.stringify(study)) as StudyReport['study'],
    made,
  };
}

const keyOf = ({ variant, method, poolSize }: Pick<StudyRun, 'variant' | 'method' | 'poolSize'>) =>
  JSON.stringify([variant, method, poolSize]);

/** Runs that differ in their seeds alone, of which at least one is over. */
function groupsOf(planned: readonly StudyRun[], runs: readonly RunReport[]): GroupReport[] {
  const keys = [...new Set(planned.map(keyOf))];
  return keys.flatMap((key) => {
    const own = runs.filter((run) => keyOf(run) === key);
    return own.length === 0 ? [] : [groupOf(own)];
  });
}

function groupOf(runs: readonly RunReport[]): GroupReport {
  const { variant = null, method = '', poolSize = 0 } = runs[0] ?? {};
  const outcomes = runs.flatMap(({ outcome }) => outcome ?? []);
  const spread = (of: (outcome: (typeof outcomes)[number]) => number | null | undefined) =>
    spreadOf(outcomes.map(of).filter((value) => typeof value === 'number'));
  return {
    variant,
    method,
    poolSize,
    runs: runs.length,
    failed: runs.length - outcomes.length,
    notConverged: runs.filter(({ converged }) => !converged).length,
    testAccuracy: spread(({ testAccuracy }) => testAccuracy),
    supernetAccuracy: spread(({ supernetAccuracy }) => supernetAccuracy),
    aheadOfRandom: spread(({ testAccuracy, randomAccuracy }) =>
      randomAccuracy === null ? null : testAccuracy - randomAccuracy,
    ),
    steps: spread(({ steps }) => steps),
    scored: spread(({ scored }) => scored),
    trainSeconds: spread(({ seconds }) => seconds.train),
    evaluateSeconds: spread(({ seconds }) => seconds.evaluate),
    peakMemoryBytes: spread(({ peakMemoryBytes }) => peakMemoryBytes),
    hypervolume: spread(({ hypervolume }) => hypervolume),
    tau: spread(({ rank }) => rank?.tau),
  };
}

function poolsOf(planned: readonly StudyRun[]): StudyReport['pools'] {
  const pools = new Map(
    planned.map(({ seed, poolSize, spec }) => [
      `${seed}/${poolSize}`,
      { seed, poolSize, operations: poolOf(spec).operations.map(operationName) },
    ]),
  );
  return [...pools.values()];
}
