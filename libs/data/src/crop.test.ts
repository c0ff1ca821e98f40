import { randomFrom } from '@nse/space';
import fc from 'fast-check';
import { centreCrop, randomResizedCrop } from './crop.js';

const sides = fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 2000 }));

describe('crops', () => {
  it('lie within the image, whatever its shape', () => {
    fc.assert(
      fc.property(sides, fc.nat(), ([width, height], seed) => {
        for (const crop of [randomResizedCrop(width, height, randomFrom(seed)), centreCrop(width, height)]) {
          expect(Math.min(crop.left, crop.top)).toBeGreaterThanOrEqual(0);
          expect(Math.min(crop.width, crop.height)).toBeGreaterThanOrEqual(1);
          expect(crop.left + crop.width).toBeLessThanOrEqual(width);
          expect(crop.top + crop.height).toBeLessThanOrEqual(height);
        }
      }),
    );
  });

  it('take 8 to 100 % of the area in shapes from 3:4 to 4:3', () => {
    const areas: number[] = [];
    const random = randomFrom(2);
    for (let draw = 0; draw < 2000; draw++) {
      const { width, height } = randomResizedCrop(500, 400, random);
      areas.push((width * height) / 200_000);
      expect(width / height).toBeGreaterThan(0.74);
      expect(width / height).toBeLessThan(1.35);
    }
    expect(Math.min(...areas)).toBeGreaterThan(0.075);
    expect(Math.max(...areas)).toBeGreaterThan(0.95);
  });

  it('take the middle 7 eighths of the shorter side for evaluation', () => {
    expect(centreCrop(512, 256)).toEqual({ left: 144, top: 16, width: 224, height: 224 });
  });
});
