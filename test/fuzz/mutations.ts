import fc from 'fast-check';

/** One change of some bytes; places are shares of the length, so that each fits any length. */
type Change =
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'set'; readonly at: number; readonly value: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'remove'; readonly at: number; readonly length: number }
  | { readonly kind: 'number'; readonly at: number; readonly value: number };

const at = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const edge = fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff);

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at }),
  fc.record({ kind: fc.constant('set' as const), at, value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
  fc.record({ kind: fc.constant('remove' as const), at, length: fc.integer({ min: 1, max: 16 }) }),
  fc.record({ kind: fc.constant('number' as const), at, value: fc.oneof(edge, fc.nat()) }),
);

/** Bytes with a few changes: cut, changed, grown, shrunk, or with a 32-bit number that is at the edge. */
export function mutated(bytes: fc.Arbitrary<Uint8Array>, headerShare = 0.5): fc.Arbitrary<Buffer> {
  // Half of the changes fall into the first bytes, where headers are.
  const place = (share: number, length: number) =>
    Math.floor(share < headerShare ? (share / headerShare) * Math.min(64, length) : share * length);
  return fc
    .tuple(bytes, fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([original, changes]) =>
      changes.reduce<Buffer>(
        (now, one) => applied(now, one, place(one.at, now.length)),
        Buffer.from(original),
      ),
    );
}

function applied(bytes: Buffer, change: Change, place: number): Buffer {
  switch (change.kind) {
    case 'cut':
      return bytes.subarray(0, place);
    case 'set': {
      const copy = Buffer.from(bytes);
      if (place < copy.length) copy[place] = change.value;
      return copy;
    }
    case 'insert':
      return Buffer.concat([bytes.subarray(0, place), change.bytes, bytes.subarray(place)]);
    case 'remove':
      return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + change.length)]);
    case 'number': {
      const copy = Buffer.from(bytes);
      const start = place - (place % 4);
      if (start + 4 <= copy.length) copy.writeUInt32BE(change.value >>> 0, start);
      return copy;
    }
  }
}
