import { ErrorCode, NatsError } from 'nats';
import type { Session } from './session.js';

/** A process that does not answer for so long is taken for gone: it hangs, or is cut off. */
const answersWithinMs = 3_000;

/**
 * Answers for the name until the result is called, so that others can see that a process is there and at work. It is no lock: two may
 * answer for one name, and one that hangs is taken for gone. What must not happen twice needs compare-and-set besides.
 */
export async function answerFor(session: Session, name: string): Promise<() => void> {
  const subscription = session.nc.subscribe(presenceSubject(name), {
    callback: (error, message) => {
      if (error === null) message.respond();
    },
  });
  // A server that is away learns of it when it comes back.
  if (session.connection.connected()) await session.nc.flush();
  return () => subscription.unsubscribe();
}

/** Whether a process answers for the name. Where none does, or no server is there to ask, the answer is no. */
export async function isAnswered(session: Session, name: string): Promise<boolean> {
  try {
    await session.nc.request(presenceSubject(name), undefined, { timeout: answersWithinMs });
    return true;
  } catch (error) {
    const nobody = error instanceof NatsError && silent.has(error.code);
    if (nobody) return false;
    throw error;
  }
}

const silent = new Set<string>([ErrorCode.NoResponders, ErrorCode.Timeout]);

const presenceSubject = (name: string) => `nse.presence.${name}`;
