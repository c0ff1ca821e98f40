import { CloudEvent } from 'cloudevents';
import { connect } from 'nats';

/** A message of the event stream as any NATS client sees it. */
export interface LoggedEvent {
  readonly subject: string;
  /** Attributes by name, from the `ce-*` headers. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: Record<string, unknown>;
}

/**
 * The stored events of the subjects, read as a late subscriber that knows nothing of us would: by NATS and the CloudEvents
 * binary mode alone. Raises where one is no CloudEvent.
 */
export async function storedEvents(url: string, filterSubjects: string[]): Promise<LoggedEvent[]> {
  const connection = await connect({ servers: url });
  try {
    const consumer = await connection.jetstream().consumers.get('NSE', { filterSubjects });
    const pending = (await consumer.info()).num_pending;
    if (pending === 0) return [];
    const events: LoggedEvent[] = [];
    for await (const message of await consumer.fetch({ max_messages: pending, expires: 10_000 })) {
      const headers = message.headers;
      const names = headers?.keys().filter((name) => name.startsWith('ce-')) ?? [];
      const attributes = Object.fromEntries(
        names.map((name) => [name.slice('ce-'.length), decodeURIComponent(headers?.get(name) ?? '')]),
      );
      const data = message.json<Record<string, unknown>>();
      new CloudEvent({ ...attributes, data }, true);
      events.push({ subject: message.subject, attributes, data });
      if (events.length === pending) break;
    }
    return events;
  } finally {
    await connection.close();
  }
}
