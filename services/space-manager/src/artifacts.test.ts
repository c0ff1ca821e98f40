import { readCurve, readScores } from './artifacts.js';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('a stored curve', () => {
  it('stays as it is where it is short', () => {
    const points = [
      { step: 10, loss: 2.5, learningRate: 0.1 },
      { step: 20, loss: null },
      { step: 30, loss: 1.5, accuracy: 0.5 },
    ];
    expect(readCurve(bytes(points))).toEqual(points);
  });

  it('is averaged over even stretches where it is long, so that no peak passes for the whole', () => {
    const points = Array.from({ length: 1000 }, (_, index) => ({ step: index + 1, loss: index % 5 }));
    const curve = readCurve(bytes(points));
    expect(curve).toHaveLength(200);
    expect(curve.every(({ loss }) => loss === 2)).toBe(true);
    expect(curve.map(({ step }) => step)).toEqual(Array.from({ length: 200 }, (_, index) => 5 * index + 5));
  });

  it('keeps a loss that is not finite as null, and averages the others around it', () => {
    const losses = [...Array<null>(300).fill(null), ...Array<number>(300).fill(4)];
    const curve = readCurve(bytes(losses.map((loss, step) => ({ step, loss }))));
    expect(curve).toHaveLength(200);
    expect(curve.slice(0, 100).every(({ loss }) => loss === null)).toBe(true);
    expect(curve.slice(100).every(({ loss }) => loss === 4)).toBe(true);
    const mixed = readCurve(
      bytes(Array.from({ length: 400 }, (_, step) => ({ step, loss: step % 2 ? 1 : null }))),
    );
    expect(mixed.every(({ loss }) => loss === 1)).toBe(true);
  });

  it('that is something else is an INTERNAL error', () => {
    expect(() => readCurve(bytes([{ step: 'one' }]))).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }) as Error,
    );
    expect(() => readCurve(Buffer.from('['))).toThrow('the stored curve of a round cannot be read');
  });
});

describe('stored scores', () => {
  it('are read without what is not needed', () => {
    const score = { code: '0.1', cost: 1, macs: 2, accuracy: 0.5, origin: 'extra' };
    expect(readScores(bytes([{ ...score, loss: 1.5 }]))).toEqual([score]);
  });

  it('that are something else are an INTERNAL error', () => {
    expect(() => readScores(bytes([{ code: '0.1' }]))).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }) as Error,
    );
  });
});
