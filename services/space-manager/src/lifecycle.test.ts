import fc from 'fast-check';
import { cancel, markForDeletion, pause, resume, type Transition } from './lifecycle.js';
import type { Phase, SearchState } from './state.js';
import { searchState } from './testing/search.js';

const transitions = { pause, resume, cancel, delete: markForDeletion };
const later = '2026-02-02T00:00:00.000Z';

/** What each transition makes of each phase; 'same' where nothing is to be done, 'refused' where it may not be. */
const expected: Record<keyof typeof transitions, Record<Phase, Phase | 'same' | 'refused'>> = {
  pause: {
    RUNNING: 'PAUSED',
    RETRAINING: 'PAUSED',
    PAUSED: 'same',
    SUCCEEDED: 'refused',
    FAILED: 'refused',
    CANCELLED: 'refused',
    DELETING: 'refused',
  },
  resume: {
    RUNNING: 'same',
    RETRAINING: 'same',
    PAUSED: 'RUNNING',
    SUCCEEDED: 'refused',
    FAILED: 'RUNNING',
    CANCELLED: 'refused',
    DELETING: 'refused',
  },
  cancel: {
    RUNNING: 'CANCELLED',
    RETRAINING: 'CANCELLED',
    PAUSED: 'CANCELLED',
    SUCCEEDED: 'refused',
    FAILED: 'CANCELLED',
    CANCELLED: 'same',
    DELETING: 'refused',
  },
  delete: {
    RUNNING: 'refused',
    RETRAINING: 'refused',
    PAUSED: 'refused',
    SUCCEEDED: 'DELETING',
    FAILED: 'DELETING',
    CANCELLED: 'DELETING',
    DELETING: 'same',
  },
};

const cases = Object.entries(expected).flatMap(([name, byPhase]) =>
  Object.entries(byPhase).map(([phase, outcome]) => [name, phase, outcome] as const),
);

function outcomeOf(transition: Transition, state: SearchState): string {
  try {
    return transition(state, later)?.phase ?? 'same';
  } catch (error) {
    expect(error).toMatchObject({ code: 'FAILED_PRECONDITION', field: 'search' });
    return 'refused';
  }
}

describe('a client', () => {
  it.each(cases)('asks to %s a search that is %s: %s', (name, phase, outcome) => {
    const stage = phase === 'RETRAINING' ? 'retrain' : 'train';
    const state = searchState('s', { phase: phase as Phase, stage });
    expect(outcomeOf(transitions[name as keyof typeof transitions], state)).toBe(outcome);
  });

  it('is told why, and what to do first', () => {
    expect(() => markForDeletion(searchState('s'), later)).toThrow(
      'search "s" is RUNNING and cannot be deleted: cancel it first',
    );
  });
});

describe('a resume', () => {
  it('goes on with the stage at which the search was halted, and forgets the failure', () => {
    const failure = { stage: 'evaluate', round: 2, reason: 'r', attempts: 1 } as const;
    const failed = searchState('s', { phase: 'FAILED', stage: 'evaluate', round: 2, failure });
    expect(resume(failed, later)).toMatchObject({
      phase: 'RUNNING',
      failure: null,
      resumed: { count: 1, stage: 'evaluate', round: 2 },
      updatedAt: later,
    });
    const retraining = searchState('s', { phase: 'PAUSED', stage: 'retrain', round: 2 });
    expect(resume(retraining, later)).toMatchObject({
      phase: 'RETRAINING',
      resumed: { stage: 'retrain', round: 0 },
    });
  });

  it('changes nothing else of the search, however often it is paused and resumed', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(pause, resume), { maxLength: 20 }), (steps) => {
        const start = searchState('s');
        const state = steps.reduce((before, step) => step(before, later) ?? before, start);
        const { phase, resumed, updatedAt } = state;
        expect(state).toEqual({ ...start, phase, resumed, updatedAt });
        expect(phase).toBe(steps.at(-1) === pause ? 'PAUSED' : 'RUNNING');
        const resumes = steps.filter((step, at) => step === resume && steps[at - 1] === pause).length;
        expect(resumed?.count ?? 0).toBe(resumes);
      }),
    );
  });
});
