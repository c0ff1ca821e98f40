import { fitnessChoices, hasChoice, onChance, pathChoices, singleChoices } from './choice.js';
import { randomFrom } from './random.js';
import { chanceOf, drawArchitecture, drawPair, drawPath, pairChance } from './sample.js';
import { deviation } from './testing/deviation.js';
import { subsetsOf } from './testing/small.js';

const N = { identity: true };
const R = { identity: false };
const DRAWS = 20_000;

const repeat = <T>(draw: () => T): T[] => Array.from({ length: DRAWS }, draw);

describe('onChance', () => {
  test('is the sigmoid squeezed into [0.0005, 0.9995]', () => {
    expect(onChance(0)).toBe(0.5);
    expect(onChance(-1000)).toBe(0.0005);
    expect(onChance(1000)).toBeCloseTo(0.9995, 15);
    expect(onChance(0.5)).toBeCloseTo(0.622336871871, 12);
  });
});

describe('drawPath', () => {
  test('gives every set the same chance, but none to the empty one where that is forbidden', () => {
    const random = randomFrom(1);
    for (const cell of [N, R]) {
      const subset = [7, 3, 5];
      const sets = subsetsOf(subset).filter((set) => cell.identity || set.length > 0);
      const chances = new Map(sets.map((set) => [set.toSorted((a, b) => a - b).join(), 1 / sets.length]));
      const drawn = repeat(() => drawPath([cell], [subset], 'nse', random)[0]!.join());
      expect(deviation(drawn, chances)).toBeLessThan(4.5);
    }
  });

  test('switches on exactly one operation, or none in a cell with identity, for single-branch NSE', () => {
    const random = randomFrom(2);
    const drawn = repeat(() =>
      drawPath(
        [N, R],
        [
          [7, 3],
          [1, 9],
        ],
        'nse-single',
        random,
      ).map((set) => set.join()),
    );
    const third = ['3', '7', ''].map((key) => [key, 1 / 3] as const);
    expect(
      deviation(
        drawn.map(([n]) => n!),
        new Map(third),
      ),
    ).toBeLessThan(4.5);
    expect(
      deviation(
        drawn.map(([, r]) => r!),
        new Map([
          ['1', 0.5],
          ['9', 0.5],
        ]),
      ),
    ).toBeLessThan(4.5);
  });

  test('leaves an emptied cell with identity empty, and refuses one without', () => {
    for (const method of ['nse', 'nse-single'] as const) {
      expect(drawPath([N], [[]], method, randomFrom(1))).toEqual([[]]);
      expect(() => drawPath([N, R], [[], []], method, randomFrom(1))).toThrow('cell 1 has no operation left');
    }
  });
});

describe('drawArchitecture', () => {
  test('follows the fitness, however large the subset', () => {
    const logits = [2, -1, 0.5, -3, 0, 1, -0.5, 0.25];
    const subset = logits.map((_, place) => 20 - place);
    for (const cell of [N, R]) {
      const [choice] = fitnessChoices([cell], [subset], [logits]);
      const random = randomFrom(3);
      const drawn = repeat(() => drawArchitecture([choice!], random)[0]!.join());
      const chances = subsetsOf(subset.toReversed()).map(
        (set) => [set.join(), chanceOf(choice!, set)] as const,
      );
      expect(chances.reduce((sum, [, chance]) => sum + chance, 0)).toBeCloseTo(1, 12);
      expect(deviation(drawn, new Map(chances))).toBeLessThan(4.5);
    }
  });

  test('meets an E/R cell whose operations are all very unlikely without drawing again and again', () => {
    const choices = fitnessChoices([R], [[1, 2]], [[-40, -40]]);
    const random = randomFrom(4);
    const drawn = repeat(() => drawArchitecture(choices, random)[0]!.join());
    const chances = new Map([[1], [2], [1, 2]].map((set) => [set.join(), chanceOf(choices[0]!, set)]));
    expect(deviation(drawn, chances)).toBeLessThan(4.5);
    expect(chanceOf(choices[0]!, [])).toBe(0);
  });

  test('follows given weights for single-branch NSE', () => {
    const choices = singleChoices([N], [[5, 6]], [[1, 3, 4]]);
    const random = randomFrom(5);
    const drawn = repeat(() => drawArchitecture(choices, random)[0]!.join());
    const chances = new Map([[5], [6], []].map((set) => [set.join(), chanceOf(choices[0]!, set)]));
    expect([...chances.values()]).toEqual([0.125, 0.375, 0.5]);
    expect(deviation(drawn, chances)).toBeLessThan(4.5);
    expect(chanceOf(choices[0]!, [5, 6])).toBe(0);
  });

  test('refuses a list of the wrong length, what is no number and weights that sum to nothing', () => {
    expect(() => fitnessChoices([N], [[1, 2]], [[0, NaN]])).toThrow('fitness of cell 0: not a number');
    expect(() => fitnessChoices([N], [[1, 2]], [[0]])).toThrow('fitness of cell 0: 1 numbers for 2 choices');
    expect(() => singleChoices([N], [[1, 2]], [[1, 1]])).toThrow(
      'weights of cell 0: 2 numbers for 3 choices',
    );
    expect(() => singleChoices([R], [[1, 2]], [[0, 0]])).toThrow(
      'none may be negative, one must be positive',
    );
  });
});

describe('drawPair', () => {
  test('draws B as A, but never the same set', () => {
    const logits = [1, -1, 0.3, -2];
    const subset = [2, 4, 6, 8];
    for (const cell of [N, R]) {
      const [choice] = fitnessChoices([cell], [subset], [logits]);
      if (choice?.kind !== 'several') throw new Error('a fitness has choices of several');
      const random = randomFrom(6);
      const drawn = repeat(() => drawPair([cell], [subset], [logits], random)[0]!).map(
        ({ a, b }) => `${a.join()}|${b.join()}`,
      );
      const sets = subsetsOf(subset);
      const chances = sets.flatMap((a) =>
        sets.map((b) => [`${a.join()}|${b.join()}`, pairChance(choice, a, b)] as const),
      );
      expect(chances.reduce((sum, [, chance]) => sum + chance, 0)).toBeCloseTo(1, 12);
      expect(deviation(drawn, new Map(chances))).toBeLessThan(4.5);
    }
  });

  test('has nothing to draw where there is one set only', () => {
    expect(drawPair([R, N], [[4], []], [[-9], []], randomFrom(1))).toEqual([
      { a: [4], b: [4], choice: false },
      { a: [], b: [], choice: false },
    ]);
    expect([hasChoice(1, false), hasChoice(2, false), hasChoice(0, true), hasChoice(1, true)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });
});

describe('pathChoices', () => {
  test('are the fitness distribution of logits 0', () => {
    expect(pathChoices([N, R], [[1, 2], [3]], 'nse')).toEqual(
      fitnessChoices([N, R], [[1, 2], [3]], [[0, 0], [0]]),
    );
  });
});
