import { NseError } from '@nse/space';
import fc from 'fast-check';
import { decodePixelFile, encodePixelFile } from './pixel-file.js';
import { type PixelSet } from './pixels.js';

function pixelSet(count: number, seed: number): PixelSet {
  return {
    size: 2,
    channels: 3,
    pixels: Uint8Array.from({ length: count * 12 }, (_, at) => (at * 7 + seed) % 256),
    labels: Uint8Array.from({ length: count }, (_, at) => at + seed),
  };
}

describe('a pixel file', () => {
  const splits = { trainable: pixelSet(5, 1), test: pixelSet(2, 3) };
  const bytes = Buffer.concat(encodePixelFile(splits));

  it('gives back what was put in', () => {
    const decoded = decodePixelFile(bytes, 'f');
    for (const part of ['trainable', 'test'] as const) {
      expect(Buffer.from(decoded[part].pixels).equals(splits[part].pixels)).toBe(true);
      expect([...decoded[part].labels]).toEqual([...splits[part].labels]);
      expect(decoded[part]).toMatchObject({ size: 2, channels: 3 });
    }
  });

  it('is refused where a byte is changed', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = ((damaged[at] ?? 0) + by) % 256;
        expect(() => decodePixelFile(damaged, 'f')).toThrow(NseError);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused where it is cut', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodePixelFile(bytes.subarray(0, length), 'f')).toThrow(NseError);
    }
  });
});
