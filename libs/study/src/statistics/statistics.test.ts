import fc from 'fast-check';
import { kendall, paretoFront, randomFrom } from '@nse/space';
import { bootstrapInterval } from './bootstrap.js';
import { frontVolume, hypervolume } from './hypervolume.js';
import { rankCorrelation } from './rank-correlation.js';
import { spreadOf } from './spread.js';
import { meanEstimate, slopeEstimate } from './student.js';

// Coarse on purpose, so that ties are common.
const coarse = fc.integer({ min: 0, max: 6 });
const pairs = fc.array(fc.tuple(coarse, coarse), { minLength: 2, maxLength: 14 });

/** tau-b as Kendall (1945) writes it: pair by pair, by counts of ties. */
function tauByCounting(list: readonly (readonly [number, number])[]): number {
  let [concordant, discordant, tiesX, tiesY, all] = [0, 0, 0, 0, 0];
  for (let i = 0; i < list.length; i++) {
    for (let j = 0; j < i; j++) {
      const [[x1, y1], [x2, y2]] = [list[i]!, list[j]!];
      all++;
      if (x1 === x2) tiesX++;
      if (y1 === y2) tiesY++;
      if (x1 === x2 || y1 === y2) continue;
      if (x1 < x2 === y1 < y2) concordant++;
      else discordant++;
    }
  }
  return (concordant - discordant) / Math.sqrt((all - tiesX) * (all - tiesY));
}

/** What points dominate, counted square by square of a grid of whole numbers. */
function squares(
  points: readonly { cost: number; accuracy: number }[],
  reference: { cost: number; accuracy: number },
): number {
  let count = 0;
  for (let cost = 0; cost < reference.cost; cost++) {
    for (let accuracy = reference.accuracy; accuracy < 10; accuracy++) {
      if (points.some((point) => point.cost <= cost && point.accuracy >= accuracy + 1)) count++;
    }
  }
  return count;
}

describe("Kendall's tau-b", () => {
  it('is what counting concordant pairs and ties gives', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const [expected, got] = [
          tauByCounting(list),
          kendall(
            list.map(([x]) => x),
            list.map(([, y]) => y),
          ),
        ];
        if (Number.isNaN(expected)) expect(got).toBeNaN();
        else expect(got).toBeCloseTo(expected, 12);
      }),
    );
  });

  it('comes with an interval that holds it, and with none where all are equal', () => {
    const random = randomFrom(1, 'pairs');
    const noisy = Array.from({ length: 24 }, (_, index) => ({
      supernetAccuracy: index,
      testAccuracy: index + 12 * random.next(),
    }));
    const { tau, interval } = rankCorrelation(noisy, 1);
    expect(tau).toBeGreaterThan(0.5);
    expect(interval![0]).toBeLessThan(tau!);
    expect(interval![1]).toBeGreaterThan(tau!);
    expect(interval![0]).toBeGreaterThan(0);
    const equal = noisy.map(({ testAccuracy }) => ({ supernetAccuracy: 1, testAccuracy }));
    expect(rankCorrelation(equal, 1)).toEqual({ architectures: 24, tau: null, interval: null });
  });
});

describe('the bootstrap', () => {
  it('gives the interval of a mean that the normal distribution gives', () => {
    const random = randomFrom(3, 'values');
    const values = Array.from({ length: 200 }, () => random.next());
    const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
    const [low, high] = bootstrapInterval(values, mean, randomFrom(4, 'draws'))!;
    // The standard deviation of a uniform value is sqrt(1/12).
    const half = 1.96 * Math.sqrt(1 / 12 / 200);
    expect(mean(values) - low).toBeCloseTo(half, 2);
    expect(high - mean(values)).toBeCloseTo(half, 2);
  });

  it('repeats for the same seed', () => {
    const first = (list: readonly number[]) => list[0] ?? null;
    const draw = () => bootstrapInterval([1, 2, 3, 4], first, randomFrom(5, 'again'));
    expect(draw()).toEqual(draw());
  });
});

describe('the hypervolume', () => {
  const points = fc.array(
    fc.record({ cost: fc.integer({ min: 0, max: 9 }), accuracy: fc.integer({ min: 0, max: 10 }) }),
    { maxLength: 12 },
  );
  const reference = { cost: 8, accuracy: 2 };

  it('is the area that counting squares gives', () => {
    fc.assert(
      fc.property(points, (list) => {
        expect(hypervolume(list, reference)).toBe(squares(list, reference));
      }),
    );
  });

  it('is that of the front alone, and never shrinks with a further point', () => {
    fc.assert(
      fc.property(
        points,
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 10 }),
        (list, cost, accuracy) => {
          const front = paretoFront(list).map((index) => list[index]!);
          expect(hypervolume(front, reference)).toBe(hypervolume(list, reference));
          expect(hypervolume([...list, { cost, accuracy }], reference)).toBeGreaterThanOrEqual(
            hypervolume(list, reference),
          );
        },
      ),
    );
  });

  it('of a front is a share: all of it at the cheap edge with full accuracy, nothing at chance', () => {
    const budget = { target: 4, drift: 1 };
    expect(frontVolume([{ cost: 3, accuracy: 1 }], budget, 0.1)).toBeCloseTo(1, 12);
    expect(frontVolume([{ cost: 1, accuracy: 1 }], budget, 0.1)).toBeCloseTo(1, 12);
    expect(frontVolume([{ cost: 4, accuracy: 0.55 }], budget, 0.1)).toBeCloseTo(0.25, 12);
    expect(frontVolume([{ cost: 3, accuracy: 0.1 }], budget, 0.1)).toBe(0);
    expect(frontVolume([], budget, 0.1)).toBe(0);
  });
});

describe('the spread', () => {
  it('is of the sample, and known of two values or more', () => {
    expect(spreadOf([1, 3])).toEqual({ count: 2, mean: 2, deviation: Math.SQRT2, min: 1, max: 3 });
    expect(spreadOf([5])).toEqual({ count: 1, mean: 5, deviation: null, min: 5, max: 5 });
    expect(spreadOf([])).toBeNull();
  });
});

describe("an estimate by Student's distribution", () => {
  // The extra sleep of ten patients (Student, 1908), for which R's t.test gives this interval.
  const sleep = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];

  it('of a mean has the interval of the t-test', () => {
    const { count, value, interval } = meanEstimate(sleep)!;
    expect(count).toBe(10);
    expect(value).toBeCloseTo(1.58, 12);
    expect(interval![0]).toBeCloseTo(0.7001142, 6);
    expect(interval![1]).toBeCloseTo(2.4598858, 6);
  });

  it('of a mean has no interval of one value, and is none of none', () => {
    expect(meanEstimate([3])).toEqual({ count: 1, value: 3, interval: null });
    expect(meanEstimate([])).toBeNull();
  });

  it('of a slope has the interval of the linear model', () => {
    // By hand: slope 0.9, residuals -0.1, 0.3, -0.3, 0.1, so its error is sqrt(0.2 / 2 / 5), and t(2) at 97.5 % is 4.3026527.
    const points = [
      [1, 1],
      [2, 2.3],
      [3, 2.6],
      [4, 3.9],
    ] as const;
    const { count, value, interval } = slopeEstimate(points)!;
    expect(count).toBe(4);
    expect(value).toBeCloseTo(0.9, 12);
    expect(interval![1] - value).toBeCloseTo(4.3026527 * Math.sqrt(0.02), 6);
    expect(value - interval![0]).toBeCloseTo(4.3026527 * Math.sqrt(0.02), 6);
  });

  it('of a slope has no interval of two points, and is none where all are at one place', () => {
    const exact = [
      [0, 1],
      [1, 3],
    ] as const;
    expect(slopeEstimate(exact)).toMatchObject({ value: 2, interval: null });
    const upright = [
      [1, 1],
      [1, 3],
    ] as const;
    expect(slopeEstimate(upright)).toBeNull();
    expect(slopeEstimate([])).toBeNull();
  });
});
