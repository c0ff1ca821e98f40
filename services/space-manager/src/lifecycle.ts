import { NseError } from '@nse/space';
import { activePhase, type SearchState } from './state.js';

/** What a client may do to a search; each gives the new state, or undefined where there is nothing to change. */
export type Transition = (state: SearchState, now: string) => SearchState | undefined;

/** Halts a search where it is. Raises FAILED_PRECONDITION for one that is over. */
export const pause: Transition = (state, now) => {
  switch (state.phase) {
    case 'RUNNING':
    case 'RETRAINING':
      return { ...state, phase: 'PAUSED', updatedAt: now };
    case 'PAUSED':
      return undefined;
    default:
      throw refused(state, 'paused');
  }
};

/**
 * Goes on with a halted search at its stage, also with one that failed there.
 * Raises FAILED_PRECONDITION for one that has succeeded or was ended for good.
 */
export const resume: Transition = (state, now) => {
  const { phase, stage, round, resumed } = state;
  switch (phase) {
    case 'PAUSED':
    case 'FAILED':
      return {
        ...state,
        phase: activePhase(state),
        failure: null,
        resumed: { count: (resumed?.count ?? 0) + 1, stage, round: stage === 'retrain' ? 0 : round },
        updatedAt: now,
      };
    case 'RUNNING':
    case 'RETRAINING':
      return undefined;
    default:
      throw refused(state, 'resumed');
  }
};

/** Ends a search for good. Raises FAILED_PRECONDITION for one that has succeeded. */
export const cancel: Transition = (state, now) => {
  switch (state.phase) {
    case 'CANCELLED':
      return undefined;
    case 'SUCCEEDED':
    case 'DELETING':
      throw refused(state, 'cancelled');
    default:
      return { ...state, phase: 'CANCELLED', updatedAt: now };
  }
};

/** Marks a search that is over as one to be removed. Raises FAILED_PRECONDITION for one under way or paused. */
export const markForDeletion: Transition = (state, now) => {
  switch (state.phase) {
    case 'SUCCEEDED':
    case 'FAILED':
    case 'CANCELLED':
      return { ...state, phase: 'DELETING', updatedAt: now };
    case 'DELETING':
      return undefined;
    default:
      throw refused(state, 'deleted', 'cancel it first');
  }
};

function refused({ id, phase }: SearchState, what: string, advice?: string): NseError {
  const message = `search "${id}" is ${phase} and cannot be ${what}${advice === undefined ? '' : `: ${advice}`}`;
  return new NseError('FAILED_PRECONDITION', message, { field: 'search' });
}
