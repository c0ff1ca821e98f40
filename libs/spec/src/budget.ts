import { NseError } from '@nse/space';
import { type Constraint, type SearchSpec } from './spec.js';

/** Target and half band width in the unit of the front's cost. */
export interface Budget {
  readonly unit: 'macs' | 'ms';
  readonly target: number;
  readonly drift: number;
}

/** Loss that the regulariser adds for a miss by the drift: 1e-5 * 10^2 in the published search. */
const lossOfDrift = 1e-3;

/** In what the cost of a front is counted: milliseconds where there is a latency budget. */
export function unitOf({ latency }: Constraint): Budget['unit'] {
  return latency === undefined ? 'macs' : 'ms';
}

/** Whether target and drift are known: those of a device may wait for its table. */
export function isSettled({ latency }: Constraint): boolean {
  return latency === undefined || (latency.targetMs !== undefined && latency.driftMs !== undefined);
}

/**
 * The budget of a constraint, whatever its kind. Raises FAILED_PRECONDITION where the target waits for a latency table that is not
 * there yet.
 */
export function budgetOf(constraint: Constraint): Budget {
  const { macs, latency } = constraint;
  if (latency === undefined) {
    const { target, drift } = macs ?? { target: 1, drift: 1 };
    return { unit: 'macs', target, drift };
  }
  const { targetMs, driftMs } = latency;
  if (targetMs === undefined || driftMs === undefined) {
    const message = 'the target is not known before the latency table is there';
    throw new NseError('FAILED_PRECONDITION', message, { field: 'constraint.latency.targetMs' });
  }
  return { unit: 'ms', target: targetMs, drift: driftMs };
}

/** The MACs that limit a search beside its latency, from above only; undefined where nothing does. */
export function macsLimitOf({ macs, latency }: Constraint): Budget | undefined {
  return macs === undefined || latency === undefined ? undefined : { unit: 'macs', ...macs };
}

/** The weight of a regulariser by which a miss by the drift adds 0.001 to the loss. Costs in millions of MACs, or in ms. */
export function defaultAlpha({ unit, drift }: Budget, beta: number): number {
  return lossOfDrift / (unit === 'macs' ? drift / 1e6 : drift) ** beta;
}

/** The weight of the spec's regulariser. Raises FAILED_PRECONDITION where the target is not known yet. */
export function alphaOf({ constraint, fitness }: Pick<SearchSpec, 'constraint' | 'fitness'>): number {
  return fitness.alpha ?? defaultAlpha(budgetOf(constraint), fitness.beta);
}
