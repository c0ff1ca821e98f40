import { onChance } from '@nse/space';
import fc from 'fast-check';

import { costGaps, excess, expectedCost, logitGradients, pairChances, regulariser } from './fitness.js';

const logit = fc.double({ min: -8, max: 8, noNaN: true });
const operations = [3, 7, 9, 21];

/** Two different sets and a logit for every operation. */
const pair = fc
  .record({
    inA: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    inB: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    logits: fc.array(logit, { minLength: 4, maxLength: 4 }),
  })
  .filter(({ inA, inB }) => inA.some((on, place) => on !== inB[place]))
  .map(({ inA, inB, logits }) => ({
    sets: {
      a: operations.filter((_, place) => inA[place]),
      b: operations.filter((_, place) => inB[place]),
      choice: true,
    },
    logits,
  }));

const chanceOfSet = (set: readonly number[], logits: readonly number[]): number =>
  operations.reduce((product, operation, place) => {
    const on = onChance(logits[place]!);
    return product * (set.includes(operation) ? on : 1 - on);
  }, 1);

const logitOf = (logits: readonly number[]) => (operation: number) => logits[operations.indexOf(operation)]!;

describe('pairChances', () => {
  test('normalises the chances of the two sets', () => {
    fc.assert(
      fc.property(pair, ({ sets, logits }) => {
        const rawA = chanceOfSet(sets.a, logits);
        const rawB = chanceOfSet(sets.b, logits);
        const { pA, pB } = pairChances(sets, logitOf(logits));
        expect(pA).toBeCloseTo(rawA / (rawA + rawB), 10);
        expect(pA + pB).toBeCloseTo(1, 12);
      }),
    );
  });

  test('has the slopes that small changes of a logit show', () => {
    fc.assert(
      fc.property(pair, ({ sets, logits }) => {
        const { slopes } = pairChances(sets, logitOf(logits));
        operations.forEach((operation, place) => {
          const moved = (by: number) => logits.map((value, index) => (index === place ? value + by : value));
          const step = 1e-5;
          const up = pairChances(sets, logitOf(moved(step))).pA;
          const down = pairChances(sets, logitOf(moved(-step))).pA;
          expect(slopes.get(operation) ?? 0).toBeCloseTo((up - down) / (2 * step), 7);
        });
      }),
    );
  });

  test('gives no slope to an operation that is on in both sets or in neither', () => {
    const { slopes } = pairChances({ a: [3, 7], b: [3], choice: true }, () => 0.3);
    expect([...slopes.keys()]).toEqual([7]);
  });
});

const cost = { fixed: 5, of: (_: number, set: readonly number[]) => set.reduce((sum, op) => sum + op, 0) };

describe('expectedCost', () => {
  test('weighs the sets of a choice and counts a lone operation in full', () => {
    const pairs = [
      { a: [3], b: [7], choice: true },
      { a: [9], b: [9], choice: false },
    ];
    const chances = pairs.map((sets) => pairChances(sets, () => 0));
    expect(expectedCost(cost, pairs, chances)).toBeCloseTo(5 + (3 + 7) / 2 + 9, 12);
  });
});

describe('regulariser', () => {
  test('grows with the squared distance in millions', () => {
    const settings = { alpha: 0.5, beta: 2, target: 300e6, scale: 1e6 };
    expect(regulariser(310e6, settings)).toEqual({ value: 50, slope: 10 / 1e6 });
    expect(regulariser(300e6, settings)).toEqual({ value: 0, slope: 0 });
  });
});

describe('excess', () => {
  test('is the regulariser above the target and nothing below it', () => {
    const settings = { alpha: 0.5, beta: 2, target: 300e6, scale: 1e6 };
    expect(excess(310e6, settings)).toEqual(regulariser(310e6, settings));
    expect(excess(290e6, settings)).toEqual({ value: 0, slope: 0 });
    // An odd exponent would reward what is below.
    expect(excess(290e6, { ...settings, beta: 3 })).toEqual({ value: 0, slope: 0 });
  });
});

describe('a latency budget', () => {
  test('pulls as hard as one of MACs whose drift is the same part of its target', () => {
    const pairs = [{ a: [7], b: [3], choice: true }];
    const chances = pairs.map((sets) => pairChances(sets, () => 0.4));
    const gradient = (unit: number, scale: number, drift: number) => {
      const ofUnit = {
        fixed: cost.fixed * unit,
        of: (cell: number, set: readonly number[]) => unit * cost.of(cell, set),
      };
      const settings = { alpha: 1e-3 / (drift / scale) ** 2, beta: 2, target: 8 * unit, scale };
      const { value, slope } = regulariser(expectedCost(ofUnit, pairs, chances), settings);
      return [value, ...logitGradients(ofUnit, pairs, chances, [], slope)[0]!.values()];
    };
    const byMacs = gradient(1e6, 1e6, 0.8e6);
    gradient(0.25, 1, 0.2).forEach((value, place) => expect(value).toBeCloseTo(byMacs[place]!, 12));
  });
});

describe('costGaps', () => {
  test('say what a penalty thinks of the two sets; nothing of a cell without a choice', () => {
    const pairs = [
      { a: [7], b: [3], choice: true },
      { a: [9], b: [9], choice: false },
    ];
    expect(costGaps(cost, pairs, 0.5)).toEqual([2, 0]);
  });
});

describe('logitGradients', () => {
  test('adds what the loss and what the cost say', () => {
    const pairs = [{ a: [7], b: [3], choice: true }];
    const chances = pairs.map((sets) => pairChances(sets, () => 0));
    const slope = chances[0]!.slopes.get(7)!;
    const [gradients] = logitGradients(cost, pairs, chances, [0.25], 0.125);
    expect(gradients!.get(7)).toBeCloseTo((0.25 + 0.125 * 4) * slope, 12);
    expect(gradients!.get(3)).toBeCloseTo(-(0.25 + 0.125 * 4) * slope, 12);
  });

  test('leaves a cell without a choice alone', () => {
    const pairs = [{ a: [9], b: [9], choice: false }];
    expect(logitGradients(cost, pairs, [], [1], 1)[0]!.size).toBe(0);
  });
});
