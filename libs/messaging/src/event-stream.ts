import { DiscardPolicy, nanos, RetentionPolicy } from 'nats';
import { searchId } from './events.js';
import { allEvents, eventStream } from './subject.js';
import { patiently, type Session } from './session.js';
import { ensureStream } from './stream.js';

const day = 24 * 60 * 60 * 1_000;

/** Creates the event stream, or brings its settings up to date. */
export async function ensureEventStream(session: Session): Promise<void> {
  await ensureStream(session, {
    name: eventStream,
    description: 'Every event of every search',
    subjects: [allEvents],
    retention: RetentionPolicy.Limits,
    max_age: nanos(90 * day),
    max_bytes: 1024 ** 3,
    max_msg_size: 4 * 1024 ** 2,
    duplicate_window: nanos(2 * 60 * 1_000),
    // A full stream refuses the new event aloud; dropping the oldest would lose one silently.
    discard: DiscardPolicy.New,
  });
}

/** Removes every event of the search. */
export async function forgetEvents(session: Session, search: string): Promise<void> {
  const filter = `nse.v1.${searchId(search)}.>`;
  await patiently(`remove the events of ${search}`, session.patienceMs, () =>
    session.jsm.streams.purge(eventStream, { filter }),
  );
}
