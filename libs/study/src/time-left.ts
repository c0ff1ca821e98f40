import { mean, median } from 'simple-statistics';
import type { StudyRun } from './expand.js';
import type { RunResult } from './result.js';

type Kind = Pick<StudyRun, 'name' | 'method' | 'poolSize'>;

/** Methods whose steps train all operations of the pool at once, and so take longer the larger it is. */
const WHOLE_POOL: ReadonlySet<string> = new Set(['darts', 'one-shot']);

/**
 * How long the runs that are left will take, one after another, in seconds: each as long as runs of its method and pool took, or those of
 * its method on the nearest pool, or all. Undefined where none is over.
 */
export function secondsLeft(
  runs: readonly Kind[],
  results: readonly Pick<RunResult, 'run' | 'startedAt' | 'endedAt'>[],
): number | undefined {
  const seconds = new Map(
    results.map(({ run, startedAt, endedAt }) => [run, (Date.parse(endedAt) - Date.parse(startedAt)) / 1000]),
  );
  const over = runs.flatMap((run) => {
    const took = seconds.get(run.name);
    return took === undefined ? [] : [{ ...run, took }];
  });
  if (over.length === 0) return undefined;
  const overall = mean(over.map(({ took }) => took));
  const expected = ({ method, poolSize }: Kind): number => {
    const alike = over.filter((run) => run.method === method);
    const distance = (run: Kind) => Math.abs(run.poolSize - poolSize);
    const nearest = Math.min(...alike.map(distance));
    const [known] = alike.filter((run) => distance(run) === nearest);
    if (known === undefined) return overall;
    // Median: a run that was stopped and taken up again seems to have taken all the time between.
    const took = median(alike.filter((run) => run.poolSize === known.poolSize).map((run) => run.took));
    return WHOLE_POOL.has(method) ? (took * poolSize) / known.poolSize : took;
  };
  return runs.filter(({ name }) => !seconds.has(name)).reduce((sum, run) => sum + expected(run), 0);
}
