import { mergeFronts, paretoFront, type Point } from '@nse/space';

import { readGolden } from './golden.js';

type Pair = readonly [cost: number, accuracy: number];

const golden = readGolden('pareto') as {
  readonly points_cases: readonly {
    readonly id: string;
    readonly points: readonly Pair[];
    readonly kept: readonly number[];
  }[];
  readonly merge_cases: readonly {
    readonly id: string;
    readonly samples: readonly Pair[];
    readonly extras: readonly Pair[];
    readonly old_front: readonly Pair[];
    readonly front_with_extras: readonly number[];
    readonly inherited: readonly number[];
  }[];
};

const points = (pairs: readonly Pair[]): Point[] => pairs.map(([cost, accuracy]) => ({ cost, accuracy }));

describe('the front of points', () => {
  for (const { id, points: pairs, kept } of golden.points_cases) {
    test(id, () => expect(paretoFront(points(pairs))).toEqual(kept));
  }
});

describe('the front of new architectures, extras and the old front', () => {
  for (const { id, samples, extras, old_front, front_with_extras, inherited } of golden.merge_cases) {
    test(id, () => {
      const merged = mergeFronts(points(samples), points(extras), points(old_front));
      expect(merged).toEqual({ withExtras: front_with_extras, inherited });
    });
  }
});
