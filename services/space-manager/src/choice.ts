import type { FrontPoint, LatencyMeasurementCompleted, LatencyOutcome } from '@nse/messaging';
import { chooseFromFront, NseError, rankFront } from '@nse/space';
import { budgetOf, chooseOf, type Constraint, macsLimitOf } from '@nse/spec';
import type { SearchState } from './state.js';

type Budgeted = Pick<SearchState, 'front'> & {
  readonly spec: Pick<SearchState['spec'], 'constraint' | 'choose'>;
};

/**
 * Of the front that costs at most target + drift and keeps to the limit of MACs, if there is one: the most accurate, or the knee
 * where the spec asks for it.
 * Raises FAILED_PRECONDITION where there is none.
 */
export function chooseByCost({ front, spec }: Budgeted): FrontPoint {
  const { target, drift } = budgetOf(spec.constraint);
  const points = front.filter((point) => isWithinMacs(point, spec.constraint));
  const [chosen] = ranked(
    points.filter(({ cost }) => cost <= target + drift),
    spec,
  );
  // Where nothing fits, this says what was there.
  const found = chosen ?? points[chooseFromFront(points, target + drift)];
  if (found === undefined) throw new NseError('INTERNAL', 'nothing was chosen from the front');
  return found;
}

/** The points by the spec's rule, the one to choose first. */
export function ranked(
  points: readonly FrontPoint[],
  spec: Pick<SearchState['spec'], 'choose'>,
): FrontPoint[] {
  return rankFront(points, chooseOf(spec).by).flatMap((index) => points[index] ?? []);
}

/** How many of the front the device is to measure before the choice; 0 where the table alone decides. */
export function measuredAgain({ latency }: Constraint): number {
  return latency?.device === undefined ? 0 : (latency.remeasure ?? 0);
}

/** Those of the front that the device is to measure: within the budget by the table, the best by the spec's rule first. */
export function toMeasure({ front, spec }: Budgeted): FrontPoint[] {
  const { constraint } = spec;
  const { target, drift } = budgetOf(constraint);
  const points = front.filter((point) => point.cost <= target + drift && isWithinMacs(point, constraint));
  return ranked(points, spec).slice(0, measuredAgain(constraint));
}

/** The codes that the device is to measure: the front's best, and the random architecture beside them. */
export function codesToMeasure(state: Budgeted & Pick<SearchState, 'random'>): string[] {
  const codes = toMeasure(state).map(({ code }) => code);
  return [...new Set([...codes, ...(state.random === null ? [] : [state.random.code])])];
}

/**
 * The first of the front's best that takes at most target + drift on the device; where none does, the one that comes nearest,
 * with a note that says so. Raises INTERNAL where nothing of the front was measured.
 */
export function chooseMeasured(
  state: Budgeted & Pick<SearchState, 'random'>,
  { latencies, pace, note: told }: Pick<LatencyMeasurementCompleted, 'latencies' | 'pace' | 'note'>,
): { readonly chosen: FrontPoint; readonly measured: LatencyOutcome } {
  const { target, drift } = budgetOf(state.spec.constraint);
  const times = new Map(latencies.map(({ code, medianMs }) => [code, medianMs]));
  const ms = ({ code }: FrontPoint) => times.get(code) ?? Number.POSITIVE_INFINITY;
  const points = toMeasure(state).filter(({ code }) => times.has(code));
  // They come best first.
  const fitting = points.find((point) => ms(point) <= target + drift);
  const [nearest] = [...points].sort((a, b) => ms(a) - ms(b));
  const chosen = fitting ?? nearest;
  if (chosen === undefined) throw new NseError('INTERNAL', 'nothing of the front was measured');
  const limit = `${(target + drift).toPrecision(4)} ms`;
  const unfit =
    fitting === undefined
      ? [
          `none of the ${points.length} measured takes at most ${limit} on the device; chosen is the nearest, ${ms(chosen).toPrecision(4)} ms`,
        ]
      : [];
  const note = [...unfit, ...(told === undefined ? [] : [told])].join('; ');
  const predicted = new Map(
    [...state.front, ...(state.random === null ? [] : [state.random])].map(({ code, cost }) => [code, cost]),
  );
  const records = latencies.flatMap((latency) => {
    const predictedMs = predicted.get(latency.code);
    return predictedMs === undefined ? [] : [{ ...latency, predictedMs }];
  });
  return { chosen, measured: { latencies: records, note, ...(pace === undefined ? {} : { pace }) } };
}

function isWithinMacs({ macs }: FrontPoint, constraint: Constraint): boolean {
  const limit = macsLimitOf(constraint);
  return limit === undefined || macs <= limit.target + limit.drift;
}
