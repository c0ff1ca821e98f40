import { randomFrom } from '@nse/space';
import { drawJitter, type Jitter, jitterColours } from './jitter.js';

const plain: Jitter = { brightness: 1, contrast: 1, saturation: 1, hue: 0 };
const pixels = Uint8Array.of(200, 100, 50, 10, 20, 30, 90, 90, 90, 0, 255, 0);

function jittered(jitter: Jitter): number[] {
  const changed = Uint8Array.from(pixels);
  jitterColours(changed, jitter);
  return [...changed];
}

describe('colour jitter', () => {
  it('leaves colours alone when every factor is 1', () => {
    const unchanged = jittered(plain);
    unchanged.forEach((value, at) => expect(Math.abs(value - pixels[at]!)).toBeLessThanOrEqual(1));
  });

  it('scales by brightness and clips', () => {
    expect(jittered({ ...plain, brightness: 1.5 }).slice(0, 3)).toEqual([255, 150, 75]);
  });

  it('moves colours towards the mean grey by contrast', () => {
    const greys = [200, 10, 90, 0].map((_, at) => {
      const [r, g, b] = pixels.subarray(3 * at);
      return 0.299 * r! + 0.587 * g! + 0.114 * b!;
    });
    const mean = greys.reduce((sum, grey) => sum + grey, 0) / 4;
    const half = jittered({ ...plain, contrast: 0.5 });
    expect(Math.abs(half[0]! - (100 + mean / 2))).toBeLessThanOrEqual(1);
  });

  it('makes greys of no saturation and leaves greys alone at any hue', () => {
    const [r, g, b] = jittered({ ...plain, saturation: 0 });
    expect(new Set([r, g, b]).size).toBe(1);
    const grey = jittered({ ...plain, hue: 1 }).slice(6, 9);
    grey.forEach((value) => expect(Math.abs(value - 90)).toBeLessThanOrEqual(1));
  });

  it('draws within its strength', () => {
    const random = randomFrom(9);
    for (let draw = 0; draw < 1000; draw++) {
      const { brightness, contrast, saturation, hue } = drawJitter(random);
      for (const factor of [brightness, contrast, saturation])
        expect(Math.abs(factor - 1)).toBeLessThanOrEqual(0.2);
      expect(Math.abs(hue)).toBeLessThanOrEqual(0.2 * Math.PI);
    }
  });
});
