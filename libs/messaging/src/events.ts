import { NseError } from '@nse/space';
import type {
  EvaluationCompleted,
  EvaluationRequested,
  FitnessEvaluated,
  LatencyMeasurementCompleted,
  LatencyMeasurementRequested,
  LatencyTableCompleted,
  LatencyTableRequested,
  ModelRequested,
  ModelTrained,
  RequestFailed,
  RetrainCompleted,
  RoundCompleted,
  RoundPrepared,
  SearchCancelled,
  SearchCompleted,
  SearchCreated,
  SearchDeleted,
  SearchExtended,
  SearchFailed,
  SearchPaused,
  SearchResumed,
  Stage,
  SupernetTrained,
  TaskFailed,
} from './event-data.js';

/** Every event with its payload. The subject is `nse.v1.<search>.<type>`. */
export interface EventMap {
  'search.created': SearchCreated;
  'round.prepared': RoundPrepared;
  'supernet.trained': SupernetTrained;
  'fitness.evaluated': FitnessEvaluated;
  'round.completed': RoundCompleted;
  'search.completed': SearchCompleted;
  'retrain.completed': RetrainCompleted;
  'search.extended': SearchExtended;
  'search.failed': SearchFailed;
  'search.paused': SearchPaused;
  'search.resumed': SearchResumed;
  'search.cancelled': SearchCancelled;
  'search.deleted': SearchDeleted;
  'task.failed': TaskFailed;
  'evaluation.requested': EvaluationRequested;
  'evaluation.completed': EvaluationCompleted;
  'evaluation.failed': RequestFailed;
  'model.requested': ModelRequested;
  'model.trained': ModelTrained;
  'model.failed': RequestFailed;
  'latency.table-requested': LatencyTableRequested;
  'latency.table-completed': LatencyTableCompleted;
  'latency.measurement-requested': LatencyMeasurementRequested;
  'latency.measurement-completed': LatencyMeasurementCompleted;
}

export type EventType = keyof EventMap;

export const eventTypes = [
  'search.created',
  'round.prepared',
  'supernet.trained',
  'fitness.evaluated',
  'round.completed',
  'search.completed',
  'retrain.completed',
  'search.extended',
  'search.failed',
  'search.paused',
  'search.resumed',
  'search.cancelled',
  'search.deleted',
  'task.failed',
  'evaluation.requested',
  'evaluation.completed',
  'evaluation.failed',
  'model.requested',
  'model.trained',
  'model.failed',
  'latency.table-requested',
  'latency.table-completed',
  'latency.measurement-requested',
  'latency.measurement-completed',
] as const satisfies readonly EventType[];

/** An event of one of the types T; a union over them, so that `event.type` narrows `event.data`. */
export type NseEvent<T extends EventType = EventType> = {
  [K in T]: {
    /** A function of the fact alone (`eventId`): the same fact has the same id, whoever reports it. */
    readonly id: string;
    readonly type: K;
    /** The service that reports it, as a URI reference: `/nse/space-manager`. */
    readonly source: string;
    /** When it was first reported, ISO 8601. */
    readonly time: string;
    readonly data: EventMap[K];
  };
}[T];

/** The event that `service` reports, with its id. `now` is the time that it bears. */
export function newEvent<T extends EventType>(
  type: T,
  data: EventMap[T],
  service: string,
  now: Date = new Date(),
): NseEvent<T> {
  const event = { id: eventId(type, data), type, source: `/nse/${service}`, time: now.toISOString(), data };
  return event;
}

/**
 * The id of the event: `<search>/<round or 0>[/<stage>][/resume-<n>][/extension-<n>][/<request>]/<type>`. After a resume the same
 * stage may fail or be paused again, which is another fact; and a pool may grow several times in a round.
 */
export function eventId<T extends EventType>(type: T, data: EventMap[T]): string {
  const facts: {
    readonly search: string;
    readonly round?: number;
    readonly stage?: Stage;
    readonly resumes?: number;
    readonly extension?: number;
    readonly request?: string;
  } = data;
  const { search, round = 0, stage, resumes = 0, extension, request } = facts;
  const counted = [
    resumes > 0 ? `resume-${resumes}` : undefined,
    extension === undefined ? undefined : `extension-${extension}`,
  ];
  const parts = [search, String(round), stage, ...counted, request, type];
  return parts.filter((part) => part !== undefined).join('/');
}

const label = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/**
 * `id` itself where it can name a search: a DNS-1123 label of at most 40 characters, since it becomes part of subjects,
 * keys and Job names. Raises INVALID_ARGUMENT for `field` otherwise.
 */
export function searchId(id: string, field = 'search'): string {
  if (id.length <= 40 && label.test(id)) return id;
  const rule = 'lower-case letters, digits and inner hyphens, at most 40 characters';
  throw new NseError('INVALID_ARGUMENT', `"${id}" cannot name a search: ${rule}`, { field });
}

export function isEventType(type: string): type is EventType {
  return (eventTypes as readonly string[]).includes(type);
}
