import { setTimeout as delay } from 'node:timers/promises';
import { DeliverPolicy, type JsMsg, type OrderedConsumerOptions } from 'nats';
import { decodeEvent } from './cloud-event.js';
import { type EventType, eventTypes, type NseEvent } from './events.js';
import { apiErrorCode, apiErrors, patiently, type Session } from './session.js';
import { eventStream, subjectOf } from './subject.js';

export interface ReplayOptions<T extends EventType> {
  /** All searches unless given. */
  readonly search?: string;
  /** All types unless given. */
  readonly types?: readonly T[];
  /** Whether to go on with new events after the stored ones; true unless given. */
  readonly follow?: boolean;
  /** `now` leaves out the events that are stored already; `beginning` unless given. */
  readonly from?: 'beginning' | 'now';
  readonly signal?: AbortSignal;
}

/**
 * Every stored event that fits, oldest first, then the new ones as they come, until the signal aborts. A subscription that ends by
 * itself, as the client's may when the server is away for long, is taken up again behind the last event.
 */
export async function* replayEvents<T extends EventType>(
  session: Session,
  options: ReplayOptions<T>,
): AsyncGenerator<NseEvent<T>, void> {
  const { signal, follow = true } = options;
  const subjects = (options.types ?? eventTypes).map((type) => subjectOf(type, options.search ?? '*'));
  const until = follow ? undefined : await lastSequence(session, subjects);
  if (until === 0 || signal?.aborted === true) return;
  const place: Place = { seen: 0, over: false };
  let start = options.from === 'now' ? await patientlyAfterLast(session) : {};
  while (!place.over) {
    for await (const message of messagesFrom(session, subjects, start, { place, follow, signal })) {
      yield decodeEvent(message.headers, message.data) as NseEvent<T>;
      if (until !== undefined && message.seq >= until) return;
    }
    if (session.nc.isClosed() || session.nc.isDraining()) return;
    if (place.seen > 0) start = startAt(place.seen + 1);
  }
}

/** How far a replay has come: the number of the last message, and whether it was told to stop. */
interface Place {
  seen: number;
  over: boolean;
}

interface Reading {
  readonly place: Place;
  readonly follow: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The messages of one subscription, until it is told to stop or ends by itself. */
async function* messagesFrom(
  session: Session,
  filterSubjects: string[],
  start: Partial<OrderedConsumerOptions>,
  { place, follow, signal }: Reading,
): AsyncGenerator<JsMsg, void> {
  const messages = await patiently('replay events', session.patienceMs, async () => {
    const consumer = await session.js.consumers.get(eventStream, { filterSubjects, ...start });
    return await consumer.consume();
  });
  const stop = () => {
    place.over = true;
    messages.stop();
  };
  // It may have come while the subscription was made.
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const over = new AbortController();
  if (!follow) void stopAtLast(session, filterSubjects, () => place.seen, stop, over.signal);
  try {
    for await (const message of messages) {
      place.seen = message.seq;
      yield message;
    }
  } finally {
    over.abort();
    signal?.removeEventListener('abort', stop);
    messages.stop();
  }
}

const lookEveryMs = 1_000;

/** Stops a replay whose last event was removed, with its search, before it was read: it would wait for it for ever. */
async function stopAtLast(
  session: Session,
  subjects: readonly string[],
  seen: () => number,
  stop: () => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (;;) {
      await delay(lookEveryMs, undefined, { signal });
      if ((await lastSequence(session, subjects)) <= seen()) stop();
    }
  } catch (error) {
    // Read to its end; or a server that is away for good, which the replay itself will find.
    if (!signal.aborted) session.log.warn({ err: error }, 'cannot see whether a replay is at its end');
  }
}

/** Where a consumer begins that shall get new messages only: by number, so that it begins there again after a reconnect. */
function patientlyAfterLast({ jsm, patienceMs }: Session): Promise<Partial<OrderedConsumerOptions>> {
  return patiently('find the last event', patienceMs, async () => {
    const { state } = await jsm.streams.info(eventStream);
    return startAt(state.last_seq + 1);
  });
}

const startAt = (sequence: number): Partial<OrderedConsumerOptions> => ({
  deliver_policy: DeliverPolicy.StartSequence,
  opt_start_seq: sequence,
});

/** The sequence of the newest stored message on any of the subjects; 0 where there is none. */
async function lastSequence(session: Session, subjects: readonly string[]): Promise<number> {
  const wanted = await Promise.all(
    subjects.map((subject) =>
      patiently(`look up ${subject}`, session.patienceMs, async () => {
        const info = await session.jsm.streams.info(eventStream, { subjects_filter: subject });
        return Object.keys(info.state.subjects ?? {});
      }),
    ),
  );
  const last = await Promise.all(
    wanted.flat().map((subject) =>
      patiently(`look up ${subject}`, session.patienceMs, async () => {
        try {
          return (await session.jsm.streams.getMessage(eventStream, { last_by_subj: subject })).seq;
        } catch (error) {
          if (apiErrorCode(error) === apiErrors.messageNotFound) return 0;
          throw error;
        }
      }),
    ),
  );
  return Math.max(0, ...last);
}
