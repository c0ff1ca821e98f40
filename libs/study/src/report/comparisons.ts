import { spreadOf } from '../statistics/spread.js';
import { type Estimate, meanEstimate, slopeEstimate } from '../statistics/student.js';
import { labelOf } from './labels.js';
import type { ComparisonReport, EstimateReport, FrontsReport, RunReport, RunRoundReport } from './report.js';

type Over = RunReport & { readonly outcome: NonNullable<RunReport['outcome']> };

/**
 * What each kind of run, a method or a variant of it, came to over all pools and seeds: beside random architectures and the
 * reference by runs of the same pool and seed, and by how much it gets better with the pool. The reference is the study's first
 * method; of a variant it is the plain runs of its method. Runs that failed are left out.
 */
export function comparisonsOf(runs: readonly RunReport[], methods: readonly string[]): ComparisonReport[] {
  const over = runs.filter((run): run is Over => run.outcome !== null);
  return kindsOf(over, methods).map(({ variant, method, own }) => {
    const reference = variant === null ? methods[0] : method;
    const beside = over.filter((run) => run.variant === null && run.method === reference);
    const isReference = variant === null && method === reference;
    return {
      variant,
      method,
      testAccuracy: spreadOf(own.map(accuracyOf)),
      aheadOfRandom: reported(
        meanEstimate(differences(own, (run) => run.outcome.randomAccuracy ?? randomBeside(run, over))),
      ),
      reference: isReference ? null : (reference ?? null),
      aheadOfReference: isReference
        ? null
        : reported(meanEstimate(differences(own, (run) => twinOf(run, beside)?.outcome.testAccuracy))),
      perDoubling: reported(
        slopeEstimate(own.map((run) => [Math.log2(run.poolSize), accuracyOf(run)] as const)),
      ),
    };
  });
}

/**
 * The fronts of each kind of run on each pool, round by round, by what was trained of them: their mean, and how far it is ahead of
 * the same run's first round.
 */
export function frontsOf(runs: readonly RunReport[], methods: readonly string[]): FrontsReport[] {
  const over = runs.filter((run): run is Over => run.outcome !== null);
  const trained = over.filter(({ outcome }) => outcome.rounds.some(({ retrained }) => retrained.length > 0));
  const sizes = [...new Set(trained.map(({ poolSize }) => poolSize))].sort((a, b) => a - b);
  return kindsOf(trained, methods).flatMap(({ variant, method, own }) =>
    sizes.flatMap((poolSize) => {
      const ofSize = own.filter((run) => run.poolSize === poolSize);
      const rounds = [...new Set(ofSize.flatMap(({ outcome }) => outcome.rounds.map(({ round }) => round)))];
      return rounds.map((round) => {
        const values = ofSize.map((run) => frontAccuracy(run, round));
        const ahead = ofSize.flatMap((run, index) => {
          const [first, value] = [frontAccuracy(run, 1), values[index]];
          return first === undefined || value === undefined ? [] : [value - first];
        });
        return {
          variant,
          method,
          poolSize,
          round,
          testAccuracy: spreadOf(values.filter((value) => value !== undefined)),
          aheadOfFirst: round === 1 ? null : reported(meanEstimate(ahead)),
        };
      });
    }),
  );
}

/** Runs by variant and method: those without a variant first, methods in the order of the study. */
function kindsOf(runs: readonly Over[], methods: readonly string[]) {
  const placeOfKind = ({ variant, method }: Over) =>
    (variant === null ? 0 : methods.length) + methods.indexOf(method);
  const ordered = runs.toSorted((a, b) => placeOfKind(a) - placeOfKind(b));
  return [...new Set(ordered.map(labelOf))].flatMap((label) => {
    const own = runs.filter((run) => labelOf(run) === label);
    return own.slice(0, 1).map(({ variant, method }) => ({ variant, method, own }));
  });
}

const accuracyOf = ({ outcome }: Over) => outcome.testAccuracy;
const placeOf = ({ poolSize, seed }: RunReport) => `${poolSize}/${seed}`;

/** The mean of the random architectures that were trained for the run's pool and seed, by whichever runs. */
const randomBeside = (run: Over, runs: readonly Over[]): number | undefined =>
  spreadOf(
    runs
      .filter((other) => placeOf(other) === placeOf(run))
      .flatMap(({ outcome }) => outcome.randomAccuracy ?? []),
  )?.mean;

const twinOf = (run: Over, others: readonly Over[]) =>
  others.find((other) => placeOf(other) === placeOf(run));

/** How far each run is ahead of what it is held against; runs that lack it are left out. */
const differences = (runs: readonly Over[], of: (run: Over) => number | undefined): number[] =>
  runs.flatMap((run) => {
    const other = of(run);
    return other === undefined ? [] : [accuracyOf(run) - other];
  });

/** Mean test accuracy of what was trained of a round's front; undefined where nothing was. */
export const trainedAccuracy = ({ retrained }: RunRoundReport): number | undefined =>
  spreadOf(retrained.map(({ accuracy }) => accuracy))?.mean;

function frontAccuracy({ outcome }: Over, number: number): number | undefined {
  const found = outcome.rounds.find(({ round }) => round === number);
  return found && trainedAccuracy(found);
}

const reported = (estimate: Estimate | null): EstimateReport | null =>
  estimate === null ? null : { ...estimate, interval: estimate.interval && [...estimate.interval] };
