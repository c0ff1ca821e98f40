import { randomFrom } from '@nse/space';
import fc from 'fast-check';
import { drawPlacement } from './augment.js';
import { type AugmentationKind } from './dataset.js';
import { MemorySplit } from './memory-split.js';
import { type PixelSet } from './pixels.js';

/** Values 1 to 255, so that black says "uncovered". */
function someImages(count: number, size: number, channels: number): PixelSet {
  const random = randomFrom(1, 'images');
  return {
    size,
    channels,
    pixels: Uint8Array.from({ length: count * size * size * channels }, () => 1 + random.below(255)),
    labels: Uint8Array.from({ length: count }, (_, at) => at),
  };
}

const asBytes = (channels: number) => ({
  mean: new Array<number>(channels).fill(0),
  deviation: new Array<number>(channels).fill(1 / 255),
});

describe('MemorySplit', () => {
  it('normalises per channel', async () => {
    const set: PixelSet = {
      size: 1,
      channels: 3,
      pixels: Uint8Array.of(0, 51, 255),
      labels: Uint8Array.of(7),
    };
    const split = new MemorySplit(set, Int32Array.of(0), {
      mean: [0.1, 0.2, 0.5],
      deviation: [0.5, 1, 0.25],
    });
    const batch = await split.read(Int32Array.of(0, 0));
    expect([...batch.labels]).toEqual([7, 7]);
    expect(batch.count).toBe(2);
    [-0.2, 0, 2, -0.2, 0, 2].forEach((value, at) => expect(batch.images[at]).toBeCloseTo(value, 6));
  });

  it('reads members in the order asked for', async () => {
    const set = someImages(4, 1, 1);
    const split = new MemorySplit(set, Int32Array.of(3, 1), asBytes(1));
    const { images, labels } = await split.read(Int32Array.of(1, 0));
    expect([...labels]).toEqual([1, 3]);
    expect([...images].map(Math.round)).toEqual([set.pixels[1], set.pixels[3]]);
  });

  it('places shifted and mirrored images pixel by pixel', async () => {
    const kinds: AugmentationKind[] = ['none', 'flip', 'shift', 'shift-flip'];
    const shape = fc.record({
      size: fc.integer({ min: 1, max: 9 }),
      channels: fc.constantFrom(1, 3),
      kind: fc.constantFrom(...kinds),
      seed: fc.nat(1000),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ size, channels, kind, seed }) => {
        const set = someImages(2, size, channels);
        const split = new MemorySplit(set, Int32Array.of(0, 1), asBytes(channels));
        const { images } = await split.read(Int32Array.of(1), { kind, random: randomFrom(seed) });
        const { dx, dy, mirrored } = drawPlacement({ kind, random: randomFrom(seed) }, size);
        const at = (x: number, y: number, channel: number): number => {
          if (x < 0 || y < 0 || x >= size || y >= size) return 0;
          return set.pixels[((size + y) * size + x) * channels + channel]!;
        };
        images.forEach((value, index) => {
          const channel = index % channels;
          const x = Math.floor(index / channels) % size;
          const y = Math.floor(index / channels / size);
          const fromX = mirrored ? size - 1 - (x + dx) : x + dx;
          expect(Math.round(value)).toBe(at(fromX, y + dy, channel));
        });
      }),
    );
  });

  it('shifts by up to an eighth each way, all shifts alike', () => {
    const random = randomFrom(5);
    const seen = new Map<number, number>();
    for (let draw = 0; draw < 9000; draw++) {
      const { dx } = drawPlacement({ kind: 'shift', random }, 28);
      seen.set(dx, (seen.get(dx) ?? 0) + 1);
    }
    expect([...seen.keys()].sort((a, b) => a - b)).toEqual([-4, -3, -2, -1, 0, 1, 2, 3, 4]);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('refuses a place outside the split', async () => {
    const split = new MemorySplit(someImages(2, 1, 1), Int32Array.of(0), asBytes(1));
    await expect(split.read(Int32Array.of(1))).rejects.toThrow('image 1 is outside the split of 1 images');
  });
});
