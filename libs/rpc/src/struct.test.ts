import fc from 'fast-check';
import { packageDefinition } from './definition.js';
import type { Search, Search__Output } from './generated/nse/v1/Search.js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';
import { fromStruct, toStruct } from './struct.js';
import { fromTimestamp, toTimestamp } from './timestamp.js';

const search = packageDefinition['nse.v1.Search'] as MessageTypeDefinition<Search, Search__Output>;

/** As the message arrives at the other side. */
const sent = (message: Search) => search.deserialize(search.serialize(message));

// `__proto__` cannot be told from a prototype once an object was made of the message.
const json = fc
  .dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false, depthSize: 'small' }))
  .filter((value) => !JSON.stringify(value).includes('"__proto__"'));

describe('what JSON and protobuf tell each other', () => {
  it('JSON objects come back as they were sent', () => {
    fc.assert(
      fc.property(json, (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
        expect(fromStruct(sent({ spec: toStruct(plain) }).spec)).toEqual(plain);
      }),
    );
  });

  it('fields that are undefined are left out', () => {
    expect(fromStruct(sent({ spec: toStruct({ a: undefined, b: { c: undefined } }) }).spec)).toEqual({
      b: {},
    });
  });

  it('a value of no kind is refused with its place', () => {
    const inner = { fields: { b: { listValue: { values: [{ numberValue: 1 }, {}] } } } };
    const spec = { fields: { a: { structValue: inner } } };
    expect(() => fromStruct(sent({ spec }).spec)).toThrow('a.b[1]: has a value of no kind');
  });

  it('what nests without end is refused', () => {
    let value: object = { numberValue: 1 };
    for (let level = 0; level < 150; level++) value = { listValue: { values: [value] } };
    const deep = { fields: { deep: value } } as unknown as Parameters<typeof fromStruct>[0];
    expect(() => fromStruct(deep)).toThrow('levels deep');
  });

  it('no Struct is an empty object', () => {
    expect(fromStruct(sent({}).spec)).toEqual({});
  });

  it('points in time come back to the millisecond', () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') }),
        (time) => {
          expect(fromTimestamp(sent({ createTime: toTimestamp(time) }).createTime!)).toEqual(time);
        },
      ),
    );
    expect(toTimestamp('1970-01-01T00:00:01.500Z')).toEqual({ seconds: 1, nanos: 500_000_000 });
  });

  it('any bytes are read as a message or refused, and never crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          search.deserialize(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 500 },
    );
  });
});
