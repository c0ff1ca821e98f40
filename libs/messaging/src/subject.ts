import { type EventType, searchId } from './events.js';

/** The JetStream stream that keeps every event. */
export const eventStream = 'NSE';
export const allEvents = 'nse.v1.>';

/** The subject of an event, or with `*` for the search, of that event in every search. */
export function subjectOf(type: EventType, search: string): string {
  return `nse.v1.${search === '*' ? '*' : searchId(search)}.${type}`;
}

/** Where a stage's lossy progress goes; `*` stands for any. */
export function progressSubject(search: string, stage: string): string {
  return `nse.progress.${search}.${stage}`;
}
