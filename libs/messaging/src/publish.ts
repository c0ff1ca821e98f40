import { NseError } from '@nse/space';
import { failpoint } from '@nse/telemetry';
import { encodeEvent } from './cloud-event.js';
import type { NseEvent } from './events.js';
import { meteredPublish } from './meter.js';
import { apiErrorCode, apiErrors, patiently, type Session } from './session.js';
import { eventStream, subjectOf } from './subject.js';
import { readLog, SubjectLogs } from './subject-log.js';

/** Writers of one subject are few; this many lost races in a row mean that something is wrong. */
const maxRaces = 20;

const logsOf = new WeakMap<Session, SubjectLogs>();

/**
 * Appends the event unless the stream holds one with its id.
 *
 * JetStream's own duplicate window is two minutes, but work takes hours. So the message is accepted only if it comes next
 * after what we know of its subject, and the stream is asked again where it does not: of two writers of one id exactly one
 * wins. What is known is remembered, so that most events take one request.
 */
export async function publishOnce(session: Session, event: NseEvent): Promise<'published' | 'already'> {
  return await meteredPublish(event, () => publishUnlessThere(session, event));
}

async function publishUnlessThere(session: Session, event: NseEvent): Promise<'published' | 'already'> {
  const subject = subjectOf(event.type, event.data.search);
  const logs = logsOf.get(session) ?? new SubjectLogs();
  logsOf.set(session, logs);
  failpoint('publish.before');
  for (let race = 0; race < maxRaces; race++) {
    const outcome = await patiently(`publish ${event.id}`, session.patienceMs, async () => {
      // Believed to be there: it may have been deleted since.
      if (logs.get(subject).ids.has(event.id) && (await isStored(session, logs, subject, event.id))) {
        return 'already';
      }
      return await append(session, logs, subject, event);
    });
    if (outcome === 'published') failpoint('publish.after');
    if (outcome !== 'lost') return outcome;
  }
  throw new NseError('ABORTED', `lost the race for subject ${subject} ${maxRaces} times`);
}

/** Appends the event after the last one that is known; 'lost' where another has come between. */
async function append(
  session: Session,
  logs: SubjectLogs,
  subject: string,
  event: NseEvent,
): Promise<'published' | 'already' | 'lost'> {
  const { headers, data } = encodeEvent(event);
  const send = async (msgID: string) => {
    const expect = { streamName: eventStream, lastSubjectSequence: logs.get(subject).last };
    return await session.js.publish(subject, data, { headers, msgID, expect });
  };
  try {
    let ack = await send(event.id);
    if (ack.duplicate) {
      // Either our own earlier try, whose answer got lost, or an event that was deleted within the window of duplicates.
      if (await isStored(session, logs, subject, event.id)) return 'already';
      ack = await send(`${event.id}@${event.time}`);
    }
    logs.appended(subject, event.id, ack.seq);
    return 'published';
  } catch (error) {
    if (apiErrorCode(error) !== apiErrors.wrongLastSequence) throw error;
    return (await isStored(session, logs, subject, event.id)) ? 'already' : 'lost';
  }
}

/** Looks the subject up. */
async function isStored(session: Session, logs: SubjectLogs, subject: string, id: string): Promise<boolean> {
  const log = await readLog(session, subject);
  logs.set(subject, log);
  return log.ids.has(id);
}
