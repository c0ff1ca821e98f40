import { setTimeout as delay } from 'node:timers/promises';
import { DeliverPolicy, type OrderedConsumerOptions } from 'nats';
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

/** Every stored event that fits, oldest first, then the new ones as they come, until the signal aborts. */
export async function* replayEvents<T extends EventType>(
  session: Session,
  options: ReplayOptions<T>,
): AsyncGenerator<NseEvent<T>, void> {
  const { signal, follow = true } = options;
  const subjects = (options.types ?? eventTypes).map((type) => subjectOf(type, options.search ?? '*'));
  const until = follow ? undefined : await lastSequence(session, subjects);
  if (until === 0 || signal?.aborted === true) return;
  const messages = await patiently('replay events', session.patienceMs, async () => {
    const start = options.from === 'now' ? await afterLast(session) : {};
    const consumer = await session.js.consumers.get(eventStream, { filterSubjects: subjects, ...start });
    return await consumer.consume();
  });
  const stop = () => messages.stop();
  signal?.addEventListener('abort', stop, { once: true });
  let seen = 0;
  const over = new AbortController();
  if (!follow) void stopAtLast(session, subjects, () => seen, stop, over.signal);
  try {
    for await (const message of messages) {
      seen = message.seq;
      yield decodeEvent(message.headers, message.data) as NseEvent<T>;
      if (until !== undefined && message.seq >= until) return;
    }
  } finally {
    over.abort();
    signal?.removeEventListener('abort', stop);
    stop();
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
async function afterLast({ jsm }: Session): Promise<Partial<OrderedConsumerOptions>> {
  const { state } = await jsm.streams.info(eventStream);
  return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: state.last_seq + 1 };
}

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
