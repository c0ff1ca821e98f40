import { NseError } from '@nse/space';
import { activePhase, hasRound, isOver, type SearchState, takesReports } from './state.js';

/** What a client may do to a search; each gives the new state, or undefined where there is nothing to change. */
export type Transition = (state: SearchState, now: string) => SearchState | undefined;

/** Halts a search where it is. Raises FAILED_PRECONDITION for one that is over. */
export const pause: Transition = (state, now) => {
  if (state.phase === 'PAUSED') return undefined;
  if (isOver(state)) throw refused(state, 'paused');
  return { ...state, phase: 'PAUSED', updatedAt: now };
};

/**
 * Goes on with a halted search at its stage, also with one that failed there.
 * Raises FAILED_PRECONDITION for one that has succeeded or was ended for good.
 */
export const resume: Transition = (state, now) => {
  const { phase, stage, round, resumed } = state;
  if (phase === activePhase(state)) return undefined;
  if (phase !== 'PAUSED' && phase !== 'FAILED') throw refused(state, 'resumed');
  return {
    ...state,
    phase: activePhase(state),
    failure: null,
    resumed: { count: (resumed?.count ?? 0) + 1, stage, round: hasRound(stage) ? round : 0 },
    updatedAt: now,
  };
};

/** Ends a search for good. Raises FAILED_PRECONDITION for one that has succeeded. */
export const cancel: Transition = (state, now) => {
  if (state.phase === 'CANCELLED') return undefined;
  if (!takesReports(state)) throw refused(state, 'cancelled');
  return { ...state, phase: 'CANCELLED', updatedAt: now };
};

/** Marks a search that is over as one to be removed. Raises FAILED_PRECONDITION for one under way or paused. */
export const markForDeletion: Transition = (state, now) => {
  if (state.phase === 'DELETING') return undefined;
  if (!isOver(state)) throw refused(state, 'deleted', 'cancel it first');
  return { ...state, phase: 'DELETING', updatedAt: now };
};

function refused({ id, phase }: SearchState, what: string, advice?: string): NseError {
  const message = `search "${id}" is ${phase} and cannot be ${what}${advice === undefined ? '' : `: ${advice}`}`;
  return new NseError('FAILED_PRECONDITION', message, { field: 'search' });
}
