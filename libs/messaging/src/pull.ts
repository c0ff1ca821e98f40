import { failpoint } from '@nse/telemetry';
import type { Consumer, JsMsg } from 'nats';
import type { Session } from './session.js';

/**
 * A message must be acknowledged, or reported as worked on, within this time; else it is delivered again. It bounds how
 * long the work of a killed process lies still.
 */
export const ackWaitMs = 12_000;
const workingEveryMs = 4_000;

/** The next message, or undefined where none came within `waitMs` or the signal aborted. */
export async function pullOne(
  consumer: Consumer,
  waitMs: number,
  signal: AbortSignal,
): Promise<JsMsg | undefined> {
  if (signal.aborted) return undefined;
  const messages = await consumer.fetch({ max_messages: 1, expires: waitMs });
  const stop = () => messages.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const message of messages) return message;
    return undefined;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** Runs `work` and tells the server all the while that the message is worked on, so that nobody else gets it. */
export async function whileWorking<T>(message: JsMsg, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => message.working(), workingEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Acknowledges and waits for the answer. If none comes the message is delivered again, which handlers must bear. */
export async function acknowledge(session: Session, message: JsMsg): Promise<void> {
  failpoint('acknowledge.before');
  try {
    await message.ackAck();
  } catch (error) {
    session.log.warn(
      { err: error, subject: message.subject, seq: message.seq },
      'acknowledgement got no answer',
    );
  }
  failpoint('acknowledge.after');
}
