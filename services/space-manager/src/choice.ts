import type { FrontPoint, LatencyMeasurementCompleted, LatencyOutcome } from '@nse/messaging';
import { chooseFromFront, NseError } from '@nse/space';
import { budgetOf, type Constraint, macsLimitOf } from '@nse/spec';
import type { SearchState } from './state.js';

type Budgeted = Pick<SearchState, 'front'> & { readonly spec: Pick<SearchState['spec'], 'constraint'> };

/**
 * The most accurate of the front that costs at most target + drift and keeps to the limit of MACs, if there is one.
 * Raises FAILED_PRECONDITION where there is none.
 */
export function chooseByCost({ front, spec: { constraint } }: Budgeted): FrontPoint {
  const { target, drift } = budgetOf(constraint);
  const points = front.filter((point) => isWithinMacs(point, constraint));
  const chosen = points[chooseFromFront(points, target + drift)];
  if (chosen === undefined) throw new NseError('INTERNAL', 'nothing was chosen from the front');
  return chosen;
}

/** How many of the front the device is to measure before the choice; 0 where the table alone decides. */
export function measuredAgain({ latency }: Constraint): number {
  return latency?.device === undefined ? 0 : (latency.remeasure ?? 0);
}

/** Those of the front that the device is to measure: within the budget by the table, the most accurate first. */
export function toMeasure({ front, spec: { constraint } }: Budgeted): FrontPoint[] {
  const { target, drift } = budgetOf(constraint);
  return front
    .filter((point) => point.cost <= target + drift && isWithinMacs(point, constraint))
    .sort((a, b) => b.accuracy - a.accuracy || a.cost - b.cost)
    .slice(0, measuredAgain(constraint));
}

/** The codes that the device is to measure: the front's best, and the random architecture beside them. */
export function codesToMeasure(state: Budgeted & Pick<SearchState, 'random'>): string[] {
  const codes = toMeasure(state).map(({ code }) => code);
  return [...new Set([...codes, ...(state.random === null ? [] : [state.random.code])])];
}

/**
 * The most accurate of the front's best that takes at most target + drift on the device; where none does, the one that comes
 * nearest, with a note that says so. Raises INTERNAL where nothing of the front was measured.
 */
export function chooseMeasured(
  state: Budgeted & Pick<SearchState, 'random'>,
  { latencies }: Pick<LatencyMeasurementCompleted, 'latencies'>,
): { readonly chosen: FrontPoint; readonly measured: LatencyOutcome } {
  const { target, drift } = budgetOf(state.spec.constraint);
  const times = new Map(latencies.map(({ code, medianMs }) => [code, medianMs]));
  const ms = ({ code }: FrontPoint) => times.get(code) ?? Number.POSITIVE_INFINITY;
  const points = toMeasure(state).filter(({ code }) => times.has(code));
  // They come by falling accuracy.
  const fitting = points.find((point) => ms(point) <= target + drift);
  const [nearest] = [...points].sort((a, b) => ms(a) - ms(b));
  const chosen = fitting ?? nearest;
  if (chosen === undefined) throw new NseError('INTERNAL', 'nothing of the front was measured');
  const limit = `${(target + drift).toPrecision(4)} ms`;
  const note =
    fitting === undefined
      ? `none of the ${points.length} measured takes at most ${limit} on the device; chosen is the nearest, ${ms(chosen).toPrecision(4)} ms`
      : '';
  const predicted = new Map(
    [...state.front, ...(state.random === null ? [] : [state.random])].map(({ code, cost }) => [code, cost]),
  );
  const records = latencies.flatMap((latency) => {
    const predictedMs = predicted.get(latency.code);
    return predictedMs === undefined ? [] : [{ ...latency, predictedMs }];
  });
  return { chosen, measured: { latencies: records, note } };
}

function isWithinMacs({ macs }: FrontPoint, constraint: Constraint): boolean {
  const limit = macsLimitOf(constraint);
  return limit === undefined || macs <= limit.target + limit.drift;
}
