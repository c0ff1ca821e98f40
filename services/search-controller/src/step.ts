import type { messages } from '@nse/rpc';
import { conditionOf, ownerOf, ownerPrefix, type ResourceStatus, type SearchResource } from './resource.js';

export type Search = messages.Search__Output;

/** What is to be done for an object, given its search; `undefined` where there is none. */
export type Step =
  /** There was never one: create it. */
  | 'create'
  /** There was one, and somebody has deleted it: it is not made again, as it may have taken days. */
  | 'lost'
  /** Somebody else's search has the name. */
  | 'taken'
  /** The search of a deleted object of this name is still to be removed. */
  | 'succeeds-another'
  | 'pause'
  | 'resume'
  /** All is as it should be: tell how it stands. */
  | 'tell';

export function stepOf(resource: SearchResource, search: Search | undefined): Step {
  const { metadata, spec, status } = resource;
  if (search === undefined) return wasAccepted(status) ? 'lost' : 'create';
  if (search.owner !== ownerOf(resource)) {
    return search.owner.startsWith(ownerPrefix(metadata.namespace)) ? 'succeeds-another' : 'taken';
  }
  const { phase } = search;
  if (spec.suspend === true) return phase === 'RUNNING' || phase === 'RETRAINING' ? 'pause' : 'tell';
  // One that a client has paused, or that failed, is its business, unless `suspend` had held it.
  const canGoOn = phase === 'PAUSED' || phase === 'FAILED';
  return canGoOn && isHeld(status) ? 'resume' : 'tell';
}

export const wasAccepted = (status: ResourceStatus | undefined) =>
  conditionOf(status, 'Accepted')?.status === 'True';

/** Reasons of the condition Suspended. */
export const suspension = {
  /** Said before the search is paused, so that a crash in between does not make it look as if somebody else had. */
  begun: 'Suspending',
  bySpec: 'SuspendedBySpec',
  byClient: 'PausedByClient',
} as const;

/** Whether `suspend` holds the search. */
export function isHeld(status: ResourceStatus | undefined): boolean {
  const reason = conditionOf(status, 'Suspended')?.reason;
  return reason === suspension.begun || reason === suspension.bySpec;
}

/** Whether nothing more will come of the object until its spec changes, so that nobody need be asked. */
export function isSettled({ metadata, status }: SearchResource): boolean {
  if (status?.observedGeneration !== metadata.generation) return false;
  if (status.phase === 'Rejected') return conditionOf(status, 'Accepted')?.reason === 'InvalidSpec';
  return status.phase === 'Succeeded' || status.phase === 'Cancelled' || status.phase === 'Lost';
}
