import type { NatsConnection } from 'nats';

/** A message of the event stream, as it lies there. */
export interface LoggedEvent {
  readonly sequence: number;
  readonly subject: string;
  /** `ce-id` */
  readonly id: string;
  /** `Nats-Msg-Id`: of a message that the campaign put there, one that begins with `doublePrefix`. */
  readonly messageId: string;
  /** Without the prefix `nse.v1.`. */
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Marks what the campaign published a second time. */
export const doublePrefix = 'faults-doubled-';

const stream = 'NSE';

/** Every stored event of the search, oldest first. */
export async function readLog(nats: NatsConnection, search: string): Promise<LoggedEvent[]> {
  const filterSubjects = [`nse.v1.${search}.>`];
  const consumer = await nats.jetstream().consumers.get(stream, { filterSubjects });
  const pending = (await consumer.info()).num_pending;
  const log: LoggedEvent[] = [];
  if (pending === 0) return log;
  for await (const message of await consumer.fetch({ max_messages: pending, expires: 30_000 })) {
    const header = (name: string) => decodeURIComponent(message.headers?.get(name) ?? '');
    log.push({
      sequence: message.seq,
      subject: message.subject,
      id: header('ce-id'),
      messageId: header('Nats-Msg-Id'),
      type: header('ce-type').replace('nse.v1.', ''),
      data: message.json(),
    });
    if (log.length === pending) return log;
  }
  throw new Error(`read ${log.length} of ${pending} events of ${search}`);
}

/** Puts a stored event on its subject a second time, as a broken publisher would: same event, another message. */
export async function publishAgain(nats: NatsConnection, sequence: number, mark: string): Promise<void> {
  const jsm = await nats.jetstreamManager();
  const { subject, data, header } = await jsm.streams.getMessage(stream, { seq: sequence });
  for (const name of header.keys()) if (name.startsWith('Nats-')) header.delete(name);
  await nats.jetstream().publish(subject, data, { headers: header, msgID: `${doublePrefix}${mark}` });
}
