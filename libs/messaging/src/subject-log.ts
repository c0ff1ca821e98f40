import type { StoredMsg } from 'nats';
import { apiErrorCode, apiErrors, type Session } from './session.js';
import { eventStream } from './subject.js';

/** The events of one subject as they were when somebody looked. */
export interface SubjectLog {
  /** Sequence of the last message; 0 where there is none. */
  readonly last: number;
  readonly ids: ReadonlySet<string>;
}

const empty: SubjectLog = { last: 0, ids: new Set() };

/** Subjects whose log a process remembers; those used least recently are forgotten. */
const maxRemembered = 1_000;

/**
 * What a process believes of the subjects that it writes to. It need not be true: whoever appends names the last message that
 * it knows of, and is refused where another one has come. A subject that nobody looked at is believed to be empty.
 */
export class SubjectLogs {
  private readonly known = new Map<string, SubjectLog>();

  get(subject: string): SubjectLog {
    return this.known.get(subject) ?? empty;
  }

  set(subject: string, log: SubjectLog): void {
    this.known.delete(subject);
    this.known.set(subject, log);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= maxRemembered) return;
      this.known.delete(oldest);
    }
  }

  appended(subject: string, id: string, sequence: number): void {
    this.set(subject, { last: sequence, ids: new Set([...this.get(subject).ids, id]) });
  }
}

/** The log of a subject as it is stored. */
export async function readLog(session: Session, subject: string): Promise<SubjectLog> {
  const newest = await messageAt(session, { last_by_subj: subject });
  if (newest === undefined) return empty;
  const ids = new Set([idOf(newest)]);
  for (let seq = 1; ;) {
    const message = await messageAt(session, { seq, next_by_subj: subject });
    if (message === undefined || message.seq >= newest.seq) return { last: newest.seq, ids };
    ids.add(idOf(message));
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
