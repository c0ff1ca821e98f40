import { NseError } from '@nse/space';
import { CloudEvent } from 'cloudevents';
import { headers, type MsgHdrs } from 'nats';
import { type EventType, isEventType, type NseEvent } from './events.js';
import { decodeJson, encodeJson } from './json.js';

const typePrefix = 'nse.v1.';
const attributes = ['id', 'type', 'source', 'specversion', 'time', 'subject', 'datacontenttype'] as const;

export interface EncodedEvent {
  readonly headers: MsgHdrs;
  readonly data: Uint8Array;
}

/**
 * The event as a NATS message in binary content mode: attributes as percent-encoded `ce-*` headers, the data as JSON
 * (CloudEvents 1.0, NATS protocol binding). The search's id is the attribute `subject`.
 */
export function encodeEvent(event: NseEvent): EncodedEvent {
  const envelope = new CloudEvent({
    id: event.id,
    type: typePrefix + event.type,
    source: event.source,
    time: event.time,
    subject: event.data.search,
    datacontenttype: 'application/json',
  });
  const encoded = headers();
  for (const name of attributes) encoded.set(`ce-${name}`, escapeHeader(envelope[name] ?? ''));
  return { headers: encoded, data: encodeJson(event.data) };
}

/** Reads a message of the event stream. Raises INVALID_ARGUMENT where it is no event of the catalogue. */
export function decodeEvent(encoded: MsgHdrs | undefined, data: Uint8Array): NseEvent {
  const attribute = (name: string) => unescapeHeader(encoded?.get(`ce-${name}`) ?? '');
  const id = attribute('id');
  const source = attribute('source');
  const time = attribute('time');
  const subject = attribute('subject');
  try {
    new CloudEvent({
      id,
      source,
      time,
      subject,
      type: attribute('type'),
      specversion: attribute('specversion'),
    });
  } catch (cause) {
    throw new NseError('INVALID_ARGUMENT', `message is no CloudEvent`, { cause });
  }
  const payload = decodeJson(data, `event ${id}`);
  if (!isPayloadOf(subject, payload)) {
    throw new NseError('INVALID_ARGUMENT', `event ${id} does not belong to search "${subject}"`);
  }
  // The catalogue is the contract between our own services: fields beyond `search` are read where they are used.
  return { id, type: eventType(attribute('type')), source, time, data: payload } as unknown as NseEvent;
}

function eventType(type: string): EventType {
  const short = type.startsWith(typePrefix) ? type.slice(typePrefix.length) : '';
  if (isEventType(short)) return short;
  throw new NseError('INVALID_ARGUMENT', `"${type}" is no event type`);
}

function isPayloadOf(search: string, payload: unknown): payload is { search: string } {
  return typeof payload === 'object' && payload !== null && 'search' in payload && payload.search === search;
}

/** Percent-encodes space, double quote, percent and all that is not printable ASCII (binding, section 3.1.3.2). */
function escapeHeader(value: string): string {
  return value.replace(/[^\x21\x23\x24\x26-\x7e]/gu, encodeURIComponent);
}

function unescapeHeader(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (cause) {
    throw new NseError('INVALID_ARGUMENT', `header value "${value}" is not percent-encoded UTF-8`, { cause });
  }
}
