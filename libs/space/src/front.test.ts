import fc from 'fast-check';

import { chooseFromFront, mergeFronts, paretoFront, type Point } from './front.js';

// Coarse on purpose, so that ties are common.
const point = fc.record({ cost: fc.integer({ min: 0, max: 12 }), accuracy: fc.integer({ min: 0, max: 12 }) });
const pointsOf = (...pairs: (readonly [number, number])[]): Point[] =>
  pairs.map(([cost, accuracy]) => ({ cost, accuracy }));

const dominates = (a: Point, b: Point) =>
  a.cost <= b.cost && a.accuracy >= b.accuracy && (a.cost < b.cost || a.accuracy > b.accuracy);
const equal = (a: Point, b: Point) => a.cost === b.cost && a.accuracy === b.accuracy;

describe('paretoFront', () => {
  test('is not dominated, and complete: whatever is left out falls to a point on it', () => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 60 }), (points) => {
        const kept = paretoFront(points);
        const front = kept.map((index) => points[index]!);
        for (const a of front) expect(points.some((b) => dominates(b, a))).toBe(false);
        points.forEach((a, index) => {
          if (kept.includes(index)) return;
          const earlierTwin = kept.some((other) => other < index && equal(points[other]!, a));
          expect(earlierTwin || front.some((b) => dominates(b, a))).toBe(true);
        });
        expect(kept).toEqual(kept.toSorted((a, b) => a - b));
      }),
    );
  });

  test('keeps the first of equal points', () => {
    expect(paretoFront(pointsOf([2, 70], [1, 60], [2, 70], [1, 60]))).toEqual([0, 1]);
  });

  test('drops a point that is no more accurate at more cost, or no cheaper at less accuracy', () => {
    expect(paretoFront(pointsOf([1, 60], [2, 60], [1, 59]))).toEqual([0]);
  });

  test('leaves out what has no finite score', () => {
    expect(paretoFront(pointsOf([1, NaN], [2, 50], [NaN, 99], [3, Infinity]))).toEqual([1]);
  });
});

describe('mergeFronts', () => {
  test('keeps the old front when every new architecture is dominated', () => {
    const merged = mergeFronts(pointsOf([5, 50], [6, 55]), [], pointsOf([4, 56], [7, 60]));
    expect(merged.inherited).toEqual([2, 3]);
  });

  test('lets the old one lose an exact tie', () => {
    expect(mergeFronts(pointsOf([5, 50]), [], pointsOf([5, 50])).inherited).toEqual([0]);
  });

  test('lets an old one not shut out a dearer new one that is just as accurate', () => {
    expect(mergeFronts(pointsOf([6, 50]), [], pointsOf([5, 50])).inherited).toEqual([0, 1]);
    expect(mergeFronts(pointsOf([5, 50]), [], pointsOf([6, 50])).inherited).toEqual([0]);
    expect(mergeFronts([], [], pointsOf([5, 50], [6, 50])).inherited).toEqual([0]);
  });

  test('drops the extras only after they kept the cheap edge honest', () => {
    const merged = mergeFronts(pointsOf([300, 60], [305, 70]), pointsOf([290, 65]), pointsOf([299, 64]));
    expect(merged).toEqual({ withExtras: [1, 2], inherited: [1] });
  });

  test('never gets worse: what falls of the old front falls to a point of the new one, or to an extra', () => {
    const list = fc.array(point, { maxLength: 20 });
    fc.assert(
      fc.property(list, list, list, (samples, extras, oldFront) => {
        const all = [...samples, ...extras, ...oldFront];
        const { withExtras, inherited } = mergeFronts(samples, extras, oldFront);
        const covers = (indices: readonly number[], old: Point) =>
          indices.some((index) => dominates(all[index]!, old) || equal(all[index]!, old));
        for (const old of oldFront) {
          expect(covers(withExtras, old)).toBe(true);
          if (extras.length === 0) expect(covers(inherited, old)).toBe(true);
        }
      }),
    );
  });

  test('never inherits an extra, and otherwise is the front of everything', () => {
    const list = fc.array(point, { maxLength: 20 });
    fc.assert(
      fc.property(list, list, (samples, extras) => {
        const { withExtras, inherited } = mergeFronts(samples, extras, []);
        expect(withExtras).toEqual(paretoFront([...samples, ...extras]));
        expect(inherited).toEqual(withExtras.filter((index) => index < samples.length));
      }),
    );
  });
});

describe('chooseFromFront', () => {
  const front = pointsOf([290, 60], [305, 70], [310, 71], [300, 70]);

  test('takes the most accurate within the limit, of equal ones the cheapest', () => {
    expect(chooseFromFront(front, 309)).toBe(3);
    expect(chooseFromFront(front, 310)).toBe(2);
    expect(chooseFromFront(front, 290)).toBe(0);
  });

  test('names the cheapest when all cost too much', () => {
    expect(() => chooseFromFront(front, 200)).toThrow(
      'nothing on the front costs at most 200: the cheapest costs 290',
    );
    expect(() => chooseFromFront([], 200)).toThrow('the front is empty');
  });
});
