import fc from 'fast-check';
import { headers } from 'nats';
import { decodeEvent, encodeEvent } from './cloud-event.js';
import type { Stage } from './event-data.js';
import { eventId, eventTypes, newEvent, type NseEvent } from './events.js';

const search = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/);
const stage = fc.constantFrom<Stage>('prepare', 'train', 'evaluate', 'inherit', 'retrain');
const instant = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

const event = fc
  .record({
    search,
    stage,
    round: fc.nat(99),
    reason: fc.string({ unit: 'grapheme' }),
    attempts: fc.nat(9),
    instant,
  })
  .map(({ instant: now, ...data }) => newEvent('task.failed', data, 'tests', now));

describe('events as messages', () => {
  it('come back as they were sent', () => {
    fc.assert(
      fc.property(event, (sent) => {
        const { headers: encoded, data } = encodeEvent(sent);
        expect(decodeEvent(encoded, data)).toEqual(sent);
      }),
    );
  });

  it('bear only printable ASCII in their headers, whatever the id is', () => {
    fc.assert(
      fc.property(event, fc.string({ unit: 'grapheme', minLength: 1 }), (sent, id) => {
        const { headers: encoded, data } = encodeEvent({ ...sent, id });
        expect(encoded.get('ce-id')).toMatch(/^[\x21-\x7e]+$/);
        expect(decodeEvent(encoded, data).id).toBe(id);
      }),
    );
  });

  it('carry the attributes of CloudEvents 1.0 as the NATS binding names them', () => {
    const sent = newEvent(
      'search.failed',
      { search: 'a', stage: 'train', round: 2, reason: 'r', attempts: 1 },
      'space-manager',
      new Date(0),
    );
    const encoded = encodeEvent(sent).headers;
    expect(Object.fromEntries(encoded.keys().map((key) => [key, encoded.get(key)]))).toEqual({
      'ce-id': 'a/2/train/search.failed',
      'ce-type': 'nse.v1.search.failed',
      'ce-source': '/nse/space-manager',
      'ce-specversion': '1.0',
      'ce-time': '1970-01-01T00:00:00.000Z',
      'ce-subject': 'a',
      'ce-datacontenttype': 'application/json',
    });
  });

  it('have an id that tells search, round, stage and type apart', () => {
    const facts = fc.record({ search, stage, round: fc.nat(99) });
    fc.assert(
      fc.property(facts, facts, fc.constantFrom('task.failed', 'search.failed'), (a, b, type) => {
        const id = (of: typeof a) => eventId(type, { ...of, reason: '', attempts: 1 });
        expect(id(a) === id(b)).toBe(a.search === b.search && a.stage === b.stage && a.round === b.round);
      }),
    );
  });

  it('are refused by name when anything else is read', () => {
    const anyBytes = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => new TextEncoder().encode(text)),
    );
    const anyHeaders = fc.dictionary(
      fc.constantFrom('ce-id', 'ce-type', 'ce-source', 'ce-specversion', 'ce-subject', 'ce-time'),
      fc.oneof(
        fc.stringMatching(/^[\x21-\x7e]*$/),
        fc.constantFrom('1.0', ...eventTypes.map((type) => `nse.v1.${type}`)),
      ),
    );
    fc.assert(
      fc.property(anyHeaders, anyBytes, (given, bytes) => {
        const encoded = headers();
        for (const [key, value] of Object.entries(given)) encoded.set(key, value);
        let read: NseEvent | undefined;
        try {
          read = decodeEvent(encoded, bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: 'NseError', code: 'INVALID_ARGUMENT' });
        }
        if (read !== undefined) expect(eventTypes).toContain(read.type);
      }),
    );
  });
});
