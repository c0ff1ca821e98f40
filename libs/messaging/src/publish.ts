import { NseError } from '@nse/space';
import { failpoint } from '@nse/telemetry';
import type { StoredMsg } from 'nats';
import { encodeEvent } from './cloud-event.js';
import type { NseEvent } from './events.js';
import { apiErrorCode, apiErrors, patiently, type Session } from './session.js';
import { eventStream, subjectOf } from './subject.js';

/** Writers of one subject are few; this many lost races in a row mean that something is wrong. */
const maxRaces = 20;

/**
 * Appends the event unless the stream holds one with its id.
 *
 * JetStream's own duplicate window is two minutes, but work takes hours. So the stream itself is asked, and the message
 * is accepted only if no other was appended to its subject meanwhile: of two writers of one id exactly one wins.
 */
export async function publishOnce(session: Session, event: NseEvent): Promise<'published' | 'already'> {
  const subject = subjectOf(event.type, event.data.search);
  const { headers, data } = encodeEvent(event);
  failpoint('publish.before');
  for (let race = 0; race < maxRaces; race++) {
    const outcome = await patiently(`publish ${event.id}`, session.patienceMs, async () => {
      const last = await findOnSubject(session, subject, event.id);
      if (last === 'found') return 'already';
      const expect = { streamName: eventStream, lastSubjectSequence: last };
      try {
        const ack = await session.js.publish(subject, data, { headers, msgID: event.id, expect });
        if (!ack.duplicate) return 'published';
        // Either our own earlier try, whose answer got lost, or an event that was deleted within the window of duplicates.
        if ((await findOnSubject(session, subject, event.id)) === 'found') return 'already';
        await session.js.publish(subject, data, { headers, msgID: `${event.id}@${event.time}`, expect });
        return 'published';
      } catch (error) {
        if (apiErrorCode(error) === apiErrors.wrongLastSequence) return 'lost';
        throw error;
      }
    });
    if (outcome === 'published') failpoint('publish.after');
    if (outcome !== 'lost') return outcome;
  }
  throw new NseError('ABORTED', `lost the race for subject ${subject} ${maxRaces} times`);
}

/** 'found' where a message of the subject has the id, else the sequence of the subject's last message (0: none). */
async function findOnSubject(session: Session, subject: string, id: string): Promise<'found' | number> {
  const last = await messageAt(session, { last_by_subj: subject });
  if (last === undefined) return 0;
  if (idOf(last) === id) return 'found';
  for (let seq = 1; ;) {
    const message = await messageAt(session, { seq, next_by_subj: subject });
    if (message === undefined || message.seq >= last.seq) return last.seq;
    if (idOf(message) === id) return 'found';
    seq = message.seq + 1;
  }
}

type Query = { last_by_subj: string } | { seq: number; next_by_subj: string };

async function messageAt(session: Session, query: Query): Promise<StoredMsg | undefined> {
  try {
    return await session.jsm.streams.getMessage(eventStream, query);
  } catch (error) {
    if (apiErrorCode(error) === apiErrors.messageNotFound) return undefined;
    throw error;
  }
}

function idOf(message: StoredMsg): string {
  return message.header.get('ce-id');
}
