import { NseError } from '@nse/space';
import fc from 'fast-check';

import { readSafetensors, type StoredTensor, writeSafetensors } from './safetensors.js';

const shapes = fc.array(fc.nat(4), { maxLength: 4 });
const stored: fc.Arbitrary<StoredTensor> = shapes.chain((shape) => {
  const length = shape.reduce((product, size) => product * size, 1);
  return fc.oneof(
    fc.float32Array({ minLength: length, maxLength: length }).map((data) => ({ shape, data })),
    fc.int32Array({ minLength: length, maxLength: length }).map((data) => ({ shape, data })),
  );
});
const name = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => text !== '__metadata__');
const files = fc.array(fc.tuple(name, stored), { maxLength: 5 }).map((entries) => new Map(entries));
const metadata = fc.dictionary(fc.string(), fc.string(), { maxKeys: 3, noNullPrototype: true });

const headed = (header: unknown, data = new Uint8Array()): Uint8Array => {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
};

test('keeps a tensor whose name is special to JavaScript objects', () => {
  const written = writeSafetensors(new Map([['__proto__', { shape: [1], data: Int32Array.from([7]) }]]));
  expect([...readSafetensors(written).tensors.keys()]).toEqual(['__proto__']);
});

test('reads back what it wrote, whatever the names, shapes and numbers, at any offset in memory', () => {
  fc.assert(
    fc.property(files, metadata, fc.nat(3), (tensors, meta, offset) => {
      const written = writeSafetensors(tensors, meta);
      const shifted = new Uint8Array(written.length + offset).subarray(offset);
      shifted.set(written);
      const found = readSafetensors(shifted);
      expect(new Map(found.tensors)).toEqual(tensors);
      expect(found.metadata).toEqual(meta);
      expect(writeSafetensors(tensors, meta)).toEqual(written);
    }),
  );
});

test('reads a Buffer at any offset, as files come from the disk', () => {
  const written = writeSafetensors(new Map([['a', { shape: [2], data: Float32Array.from([1, 2]) }]]));
  for (let offset = 0; offset < 4; offset++) {
    const file = Buffer.concat([Buffer.alloc(offset), written]).subarray(offset);
    expect(readSafetensors(file).tensors.get('a')?.data).toEqual(Float32Array.from([1, 2]));
  }
});

test('writes the bytes of the format', () => {
  const file = writeSafetensors(new Map([['w', { shape: [1, 2], data: Float32Array.of(1, -2) }]]));
  const header = '{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}';
  expect(file).toEqual(headed(header, new Uint8Array(Float32Array.of(1, -2).buffer)));
  expect(header.length % 8).toBe(0);
});

test('never takes a cut file', () => {
  fc.assert(
    fc.property(files, fc.nat(), (tensors, where) => {
      const file = writeSafetensors(tensors);
      const cut = file.subarray(0, where % file.length);
      expect(() => readSafetensors(cut)).toThrow(NseError);
    }),
  );
});

test('takes a file with changed bytes for what it then says, or refuses it as INVALID_ARGUMENT', () => {
  fc.assert(
    fc.property(files, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), (tensors, changes) => {
      const file = writeSafetensors(tensors);
      for (const [where, byte] of changes) file[where % file.length] = byte;
      expect(outcome(file)).toMatch(/^(read|INVALID_ARGUMENT)$/);
    }),
    { numRuns: 1000 },
  );
});

test('never fails otherwise on a file of any bytes', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (file) => /^(read|INVALID)/.test(outcome(file))));
});

function outcome(file: Uint8Array): string {
  try {
    readSafetensors(file);
    return 'read';
  } catch (error) {
    return error instanceof NseError ? error.code : String(error);
  }
}

const entry = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
const four = new Uint8Array(4);
test.each<[string, Uint8Array, RegExp]>([
  ['no bytes', new Uint8Array(), /0 bytes/],
  ['a header longer than the file', headed('{}').subarray(0, 9), /header would take 2 bytes of 9/],
  ['a header that is no JSON', headed('{'), /not JSON/],
  ['a header that is a list', headed([]), /not an object/],
  ['another type of number', headed({ w: { ...entry, dtype: 'F64' } }, four), /type F64/],
  ['a shape that is not whole', headed({ w: { ...entry, shape: [1.5] } }, four), /w has no proper shape/],
  ['a negative shape', headed({ w: { ...entry, shape: [-1, -1] } }, four), /w has no proper shape/],
  [
    'a shape that needs more bytes',
    headed({ w: { ...entry, shape: [2] } }, four),
    /w has 4 bytes, its shape needs 8/,
  ],
  ['offsets past the end', headed({ w: entry }), /ends at byte 4 of 0: the file is cut/],
  ['bytes that no tensor has', headed({ w: entry }, new Uint8Array(8)), /end at byte 4 of 8/],
  ['two tensors in one place', headed({ v: entry, w: entry }, four), /w begins at byte 0/],
  ['metadata that is not text', headed({ __metadata__: { a: 1 } }), /metadata/],
])('refuses %s and says why', (_, file, reason) => {
  expect(() => readSafetensors(file)).toThrow(reason);
});

test('refuses to write a tensor whose shape and numbers differ', () => {
  expect(() => writeSafetensors(new Map([['w', { shape: [2], data: new Float32Array(3) }]]))).toThrow(
    /3 numbers/,
  );
});
