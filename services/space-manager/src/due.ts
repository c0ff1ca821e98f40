import { type NseEvent, newEvent } from '@nse/messaging';
import type { RoundRecord, SearchState } from './state.js';

const service = 'space-manager';

/**
 * The events that must have been published for a search to be in this state, in order: those of the last change. Publishing
 * them again changes nothing, so every handler ends with it, and so does the start of the service.
 * `last` is the record of the last completed round, if any.
 */
export function dueEvents(state: SearchState, last: RoundRecord | undefined): NseEvent[] {
  const completed = last === undefined ? [] : [roundCompleted(last)];
  switch (state.phase) {
    case 'RUNNING':
      return state.round === 1 ? [created(state), prepared(state)] : [...completed, prepared(state)];
    case 'RETRAINING':
    case 'SUCCEEDED':
      return [...completed, ...searchCompleted(state)];
    case 'FAILED':
      return state.failure === null
        ? []
        : [newEvent('search.failed', { search: state.id, ...state.failure }, service)];
  }
}

function created({ id, spec }: SearchState): NseEvent {
  return newEvent('search.created', { search: id, name: spec.name, rounds: spec.rounds, spec }, service);
}

function prepared({ id, spec, round, space, front, carried }: SearchState): NseEvent {
  const optimized = round === 1 ? null : space.optimized;
  const { subsets } = space;
  return newEvent(
    'round.prepared',
    { search: id, round, rounds: spec.rounds, spec, subsets, optimized, oldFront: front, carried },
    service,
  );
}

function roundCompleted(record: RoundRecord): NseEvent {
  const { search, round, rounds, space, front, artifacts, seconds } = record;
  return newEvent('round.completed', { search, round, rounds, space, front, artifacts, seconds }, service);
}

function searchCompleted({ id, spec, front, chosen, random }: SearchState): NseEvent[] {
  if (chosen === null) return [];
  return [newEvent('search.completed', { search: id, spec, front, chosen, random }, service)];
}
