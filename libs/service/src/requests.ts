import { createHash } from 'node:crypto';
import { type Bus, type EventMap, type RequestFailed, searchId } from '@nse/messaging';
import { NseError } from '@nse/space';

/** What clients may ask for beside a search, and the events that tell of it. */
export const requestEvents = {
  evaluation: {
    requested: 'evaluation.requested',
    done: 'evaluation.completed',
    failed: 'evaluation.failed',
  },
  model: { requested: 'model.requested', done: 'model.trained', failed: 'model.failed' },
} as const;

export type RequestKind = keyof typeof requestEvents;

type Payload<K extends RequestKind, What extends 'requested' | 'done'> = {
  [Kind in RequestKind]: EventMap[(typeof requestEvents)[Kind][What]];
}[K];

/** What was asked for. */
export type Requested<K extends RequestKind> = Payload<K, 'requested'>;

/** What came of it. */
export type Done<K extends RequestKind> = Payload<K, 'done'>;

/** A request of a client as its events tell it. */
export interface RequestRecord<K extends RequestKind> {
  readonly requested: Requested<K>;
  readonly done?: Done<K>;
  readonly failed?: RequestFailed;
}

/** Hexadecimal digits: few enough that a task's id stays a DNS label, whatever the search is called. */
const ID_LENGTH = 12;

/** The id of a request, a function of what is asked for alone: the same again is the same request. */
export function requestId(facts: unknown): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, ID_LENGTH);
}

/** Every request of that kind in a search, oldest first. Raises INVALID_ARGUMENT for what can be no search's id. */
export async function requestsOf<K extends RequestKind>(
  bus: Bus,
  kind: K,
  search: string,
): Promise<RequestRecord<K>[]> {
  const { requested, done, failed } = requestEvents[kind];
  const records = new Map<string, RequestRecord<K>>();
  const ends = new Map<string, Pick<RequestRecord<K>, 'done' | 'failed'>>();
  const types = [requested, done, failed];
  for await (const { type, data } of bus.replay({ search: searchId(search), types, follow: false })) {
    if (type === requested) {
      const before = records.get(data.request)?.requested;
      // The same fact once more; it takes nothing back.
      if (before !== undefined && (before.resumes ?? 0) >= (data.resumes ?? 0)) continue;
      // Asked for again after a failure: what came of it before does not count any more.
      records.set(data.request, { requested: data as Requested<K> });
      ends.delete(data.request);
    } else if (type === done) ends.set(data.request, { done: data as Done<K> });
    else ends.set(data.request, { failed: data as RequestFailed });
  }
  return [...records.values()].map((record) => ({ ...record, ...ends.get(record.requested.request) }));
}

/**
 * The request as it is to be published: one that failed may be asked for again, which is another fact than the first time.
 * The same again otherwise is the same fact.
 */
export async function askedAgain<K extends RequestKind>(
  bus: Bus,
  kind: K,
  request: Requested<K>,
): Promise<Requested<K>> {
  const known = (await requestsOf(bus, kind, request.search)).find(
    ({ requested }) => requested.request === request.request,
  );
  if (known === undefined) return request;
  if (known.failed === undefined) return known.requested;
  return { ...request, resumes: (known.requested.resumes ?? 0) + 1 };
}

/** That request. Raises NOT_FOUND where nobody made it. */
export async function requestOf<K extends RequestKind>(
  bus: Bus,
  kind: K,
  search: string,
  id: string,
): Promise<RequestRecord<K>> {
  const found = (await requestsOf(bus, kind, search)).find(({ requested }) => requested.request === id);
  if (found !== undefined) return found;
  const what = kind === 'evaluation' ? 'evaluation of given architectures' : 'retraining';
  throw new NseError('NOT_FOUND', `search "${search}" has no ${what} "${id}"`, { field: 'id' });
}
