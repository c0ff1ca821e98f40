import { type NseEvent, newEvent } from '@nse/messaging';
import { inherits } from './anew.js';
import { codesToMeasure } from './choice.js';
import { joinedBy } from './extensions.js';
import type { RoundRecord, SearchState } from './state.js';

const service = 'space-manager';

/**
 * The events that must have been published for a search to be in this state, in order: those of the last change. Publishing
 * them again changes nothing, so every handler ends with it, and so does the start of the service.
 * `last` is the record of the last completed round, if any.
 */
export function dueEvents(state: SearchState, last: RoundRecord | undefined): NseEvent[] {
  return [...extended(state), ...workEvents(state, last), ...phaseEvents(state)];
}

/** How the pool grew last. First, as all that follows may go by the larger pool; what came before was told before it grew. */
function extended(state: SearchState): NseEvent[] {
  const { id, phase, spec, extensions = [] } = state;
  const last = extensions.at(-1);
  if (last === undefined || phase === 'CANCELLED' || phase === 'DELETING') return [];
  const joined = joinedBy(state, last);
  const operations = joined.map(({ name }) => name);
  const from = joined[0]?.index ?? 0;
  const count = { round: last.round, rounds: spec.rounds, extension: extensions.length };
  return [newEvent('search.extended', { search: id, ...count, spec, from, operations }, service)];
}

/** What the stages work on. A search that was halted may have come forward while it was: its facts are told all the same. */
function workEvents(state: SearchState, last: RoundRecord | undefined): NseEvent[] {
  if (state.phase === 'CANCELLED' || state.phase === 'DELETING') return [];
  const completed = last === undefined ? [] : [roundCompleted(last)];
  if (state.stage === 'prepare') return [created(state), ...tableRequested(state)];
  if (state.stage === 'measure') return [...completed, ...measurementRequested(state)];
  if (state.stage === 'retrain') return [...completed, ...searchCompleted(state)];
  return state.round === 1 ? [created(state), prepared(state)] : [...completed, prepared(state)];
}

/** What a client, or a failure, made of the search. */
function phaseEvents(state: SearchState): NseEvent[] {
  const { id, phase, failure, resumed } = state;
  const again = resumed === null ? {} : { resumes: resumed.count };
  switch (phase) {
    case 'RUNNING':
    case 'RETRAINING':
    case 'SUCCEEDED': {
      if (resumed === null) return [];
      const { count: resumes, stage, round } = resumed;
      return [newEvent('search.resumed', { search: id, stage, round, resumes }, service)];
    }
    case 'FAILED':
      return failure === null
        ? []
        : [newEvent('search.failed', { search: id, ...failure, ...again }, service)];
    case 'PAUSED':
      return [newEvent('search.paused', { search: id, ...again }, service)];
    case 'CANCELLED':
      return [newEvent('search.cancelled', { search: id }, service)];
    case 'DELETING':
      return [];
  }
}

function created({ id, spec }: SearchState): NseEvent {
  return newEvent('search.created', { search: id, name: spec.name, rounds: spec.rounds, spec }, service);
}

function prepared({ id, spec, round, space, front, carried }: SearchState): NseEvent {
  const { subsets } = space;
  const what = { search: id, round, rounds: spec.rounds, spec, subsets };
  if (!inherits(spec)) {
    return newEvent('round.prepared', { ...what, optimized: null, oldFront: [], carried: null }, service);
  }
  // There is none before the first front; a search that goes on from another begins with that one's.
  const optimized = front.length === 0 ? null : space.optimized;
  return newEvent('round.prepared', { ...what, optimized, oldFront: front, carried }, service);
}

function roundCompleted(record: RoundRecord): NseEvent {
  const { search, round, rounds, space, front, artifacts, seconds } = record;
  return newEvent('round.completed', { search, round, rounds, space, front, artifacts, seconds }, service);
}

function tableRequested({ id, spec }: SearchState): NseEvent[] {
  const { device } = spec.constraint.latency ?? {};
  return device === undefined
    ? []
    : [newEvent('latency.table-requested', { search: id, device, spec }, service)];
}

function measurementRequested(state: SearchState): NseEvent[] {
  const { id, spec } = state;
  const { device } = spec.constraint.latency ?? {};
  if (device === undefined) return [];
  const codes = codesToMeasure(state);
  return [newEvent('latency.measurement-requested', { search: id, device, codes, spec }, service)];
}

function searchCompleted({ id, spec, front, chosen, scaled, measured, random }: SearchState): NseEvent[] {
  if (chosen === null) return [];
  const more = { ...(scaled === undefined ? {} : { scaled }), ...(measured === null ? {} : { measured }) };
  return [newEvent('search.completed', { search: id, spec, front, chosen, ...more, random }, service)];
}
