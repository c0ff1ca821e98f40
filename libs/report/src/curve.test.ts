import fc from 'fast-check';
import { trainingCurve } from './curve.js';

describe('trainingCurve', () => {
  it('keeps short curves as they are', () => {
    const steps = [
      { step: 1, loss: 2, learningRate: 0.1 },
      { step: 2, loss: 1, accuracy: 0.5 },
    ];
    expect(trainingCurve(steps)).toEqual(steps);
  });

  it('bounds long ones to means over stretches, up to the last step', () => {
    const steps = Array.from({ length: 1000 }, (_, index) => ({ step: index + 1, loss: index }));
    const curve = trainingCurve(steps, 10);
    expect(curve).toHaveLength(10);
    expect(curve[0]).toEqual({ step: 100, loss: 49.5 });
    expect(curve.at(-1)!.step).toBe(1000);
  });

  it('turns a diverged loss into null, as JSON has no other word for it', () => {
    expect(trainingCurve([{ step: 1, loss: Number.NaN }, { step: 2, loss: Infinity }, { step: 3 }])).toEqual([
      { step: 1, loss: null },
      { step: 2, loss: null },
      { step: 3, loss: null },
    ]);
  });

  it('is finite or null, ascending and bounded for any steps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double(), { maxLength: 500 }),
        fc.integer({ min: 1, max: 50 }),
        (losses, most) => {
          const curve = trainingCurve(
            losses.map((loss, step) => ({ step, loss })),
            most,
          );
          expect(curve.length).toBeLessThanOrEqual(most);
          expect(curve.at(-1)?.step).toBe(losses.length === 0 ? undefined : losses.length - 1);
          const steps = curve.map(({ step }) => step);
          expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
          for (const { loss } of curve) expect(loss === null || Number.isFinite(loss)).toBe(true);
        },
      ),
    );
  });
});
