import { DiscardPolicy, nanos, RetentionPolicy, StorageType, type StreamConfig } from 'nats';
import { allEvents, eventStream } from './subject.js';
import { apiErrorCode, apiErrors, patiently, type Session } from './session.js';

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

/** Creates a file-backed stream, or brings an older one's settings up to date. Safe when several processes do it. */
export async function ensureStream(
  session: Session,
  config: Partial<StreamConfig> & { name: string },
): Promise<void> {
  const wanted = { ...config, storage: StorageType.File, num_replicas: session.replicas };
  await patiently(`create stream ${config.name}`, session.patienceMs, async () => {
    try {
      await session.jsm.streams.add(wanted);
    } catch (error) {
      if (apiErrorCode(error) !== apiErrors.streamNameInUse) throw error;
      await session.jsm.streams.update(config.name, wanted);
    }
  });
}
