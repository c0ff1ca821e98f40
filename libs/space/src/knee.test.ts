import fc from 'fast-check';
import { chooseFromFront, paretoFront, type Point } from './front.js';
import { kneeHeights, rankFront } from './knee.js';

const pointsOf = (...pairs: (readonly [number, number])[]): Point[] =>
  pairs.map(([cost, accuracy]) => ({ cost, accuracy }));

// Coarse on purpose, so that ties are common.
const points = fc.array(
  fc.record({ cost: fc.integer({ min: 1, max: 40 }), accuracy: fc.integer({ min: 0, max: 40 }) }),
  { minLength: 1, maxLength: 30 },
);
const front = points.map((all) => paretoFront(all).map((index) => all[index]!));

/** The distance of a point from the line through two others, above it positive. */
function distance(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.cost - from.cost, to.accuracy - from.accuracy];
  const cross = dx * (point.accuracy - from.accuracy) - dy * (point.cost - from.cost);
  return cross / Math.hypot(dx, dy);
}

const best = (list: readonly Point[], by: 'accuracy' | 'knee') => list[rankFront(list, by)[0]!]!;

describe('the knee', () => {
  it('is the bulge of a front: where more cost begins to bring little', () => {
    const bent = pointsOf([100, 60], [110, 75], [120, 84], [160, 87], [200, 88]);
    expect(best(bent, 'knee')).toEqual({ cost: 120, accuracy: 84 });
    expect(best(bent, 'accuracy')).toEqual({ cost: 200, accuracy: 88 });
  });

  it('is the most accurate of one, of two, on a straight front and on one that sags', () => {
    expect(best(pointsOf([5, 50]), 'knee')).toEqual({ cost: 5, accuracy: 50 });
    expect(best(pointsOf([5, 50], [6, 51]), 'knee')).toEqual({ cost: 6, accuracy: 51 });
    expect(best(pointsOf([0.1, 0.3], [0.2, 0.6], [0.3, 0.9]), 'knee')).toEqual({ cost: 0.3, accuracy: 0.9 });
    expect(best(pointsOf([0, 0], [5, 1], [10, 10]), 'knee')).toEqual({ cost: 10, accuracy: 10 });
  });

  it('is the cheapest of the equally accurate, and the most accurate of the equally dear', () => {
    expect(best(pointsOf([5, 50], [6, 50], [7, 50]), 'knee')).toEqual({ cost: 5, accuracy: 50 });
    expect(best(pointsOf([5, 50], [5, 52], [5, 51]), 'knee')).toEqual({ cost: 5, accuracy: 52 });
  });

  it('lies farthest above the line between the ends, once both axes are as long', () => {
    fc.assert(
      fc.property(front, (list) => {
        const ends = [
          list.toSorted((a, b) => a.cost - b.cost)[0]!,
          list.toSorted((a, b) => b.cost - a.cost)[0]!,
        ];
        const scaled = ({ cost, accuracy }: Point): Point => ({
          cost: (cost - ends[0]!.cost) / (ends[1]!.cost - ends[0]!.cost),
          accuracy: (accuracy - ends[0]!.accuracy) / (ends[1]!.accuracy - ends[0]!.accuracy),
        });
        fc.pre(list.length > 1);
        const distances = list.map((point) =>
          distance(scaled(point), { cost: 0, accuracy: 0 }, { cost: 1, accuracy: 1 }),
        );
        kneeHeights(list).forEach((height, index) =>
          expect(height / Math.SQRT2).toBeCloseTo(distances[index]!, 9),
        );
        const found = rankFront(list, 'knee')[0]!;
        expect(distances[found]).toBeGreaterThanOrEqual(Math.max(...distances) - 1e-9);
      }),
    );
  });

  it('stays the same point whatever the units and the origin of cost and accuracy', () => {
    const factor = fc.double({ min: 0.01, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(front, factor, factor, (list, perCost, perAccuracy) => {
        const other = list.map(({ cost, accuracy }) => ({
          cost: (cost + 7) * perCost,
          accuracy: (accuracy + 3) * perAccuracy,
        }));
        expect(rankFront(other, 'knee')).toEqual(rankFront(list, 'knee'));
      }),
    );
  });
});

describe('the ranking of a front', () => {
  it('names every point once', () => {
    fc.assert(
      fc.property(points, fc.constantFrom('accuracy' as const, 'knee' as const), (list, by) => {
        expect(rankFront(list, by).toSorted((a, b) => a - b)).toEqual(list.map((_, index) => index));
      }),
    );
  });

  it('by accuracy begins with the choice from the front', () => {
    fc.assert(
      fc.property(points, (list) => {
        expect(rankFront(list, 'accuracy')[0]).toBe(chooseFromFront(list, Number.POSITIVE_INFINITY));
      }),
    );
  });
});
