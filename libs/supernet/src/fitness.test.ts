import { onChance } from '@nse/space';
import fc from 'fast-check';

import { expectedCost, logitGradients, pairChances, regulariser } from './fitness.js';

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
