import {
  chanceOf,
  drawArchitecture,
  drawPair,
  extraBand,
  fitnessChoices,
  hasChoice,
  onChance,
  pairChance,
  pathChoices,
  randomFrom,
  takeWithin,
  targetBand,
} from '@nse/space';

import { readGolden } from './golden.js';

interface CellCase {
  readonly id: string;
  readonly identity_branch: boolean;
  readonly subset: readonly number[];
  readonly logits: readonly number[];
  readonly p: readonly number[];
  readonly choice: boolean;
  readonly sets: readonly (readonly (0 | 1)[])[];
  readonly weight_path: readonly number[];
  readonly fitness_raw: readonly number[];
  readonly fitness_A: readonly number[];
  readonly fitness_B: readonly number[];
  readonly search: readonly number[];
  readonly fitness_pairs?: readonly (readonly [a: number, b: number, chance: number])[];
}

const sampling = readGolden('sampling') as {
  readonly cases: readonly CellCase[];
  readonly band_cases: readonly {
    readonly id: string;
    readonly target: number;
    readonly drift: number;
    readonly extra_drift: number;
    readonly number: number;
    readonly extra_number: number;
    readonly proposals: readonly (readonly [architecture: number, cost: number])[];
    readonly accepted: readonly number[];
    readonly accepted_extra: readonly number[];
  }[];
};

const DIGITS = 11;
const DRAWS = 20_000;
const MOST_ERRORS = 5;

for (const golden of sampling.cases) {
  const { id, subset, logits, sets } = golden;
  const cells = [{ identity: golden.identity_branch }];
  const operationsOf = (set: readonly number[]) =>
    subset.filter((_, place) => set[place] === 1).sort((a, b) => a - b);
  const all = sets.map(operationsOf);
  const [fitness] = fitnessChoices(cells, [subset], [logits]);
  const [path] = pathChoices(cells, [subset], 'nse');
  if (fitness?.kind !== 'several' || path === undefined) throw new Error('one cell has one choice');

  describe(id, () => {
    test('chance of each operation, and whether there is a choice', () => {
      logits.forEach((logit, place) => expect(onChance(logit)).toBeCloseTo(golden.p[place] ?? NaN, DIGITS));
      expect(hasChoice(subset.length, golden.identity_branch)).toBe(golden.choice);
    });

    test('products that a fitness step normalises pairwise', () => {
      sets.forEach((set, index) => {
        const product = logits.reduce((chance, logit, place) => {
          const on = onChance(logit);
          return chance * (set[place] === 1 ? on : 1 - on);
        }, 1);
        expect(product).toBeCloseTo(golden.fitness_raw[index] ?? NaN, DIGITS);
      });
    });

    test('exact chances of paths and of architectures', () => {
      all.forEach((set, index) => {
        expect(chanceOf(path, set)).toBeCloseTo(golden.weight_path[index] ?? NaN, DIGITS);
        expect(chanceOf(fitness, set)).toBeCloseTo(golden.search[index] ?? NaN, DIGITS);
        expect(chanceOf(fitness, set)).toBeCloseTo(golden.fitness_A[index] ?? NaN, DIGITS);
      });
    });

    test('exact chances of A and B', () => {
      if (!golden.choice) {
        expect(all).toHaveLength(1);
        return;
      }
      for (const [a, b, chance] of golden.fitness_pairs ?? []) {
        expect(pairChance(fitness, all[a] ?? [], all[b] ?? [])).toBeCloseTo(chance, DIGITS);
      }
      all.forEach((b, index) => {
        const second = all.reduce((sum, a) => sum + pairChance(fitness, a, b), 0);
        expect(second).toBeCloseTo(golden.fitness_B[index] ?? NaN, DIGITS);
      });
    });

    test('real draws have these chances', () => {
      const random = randomFrom(1, id);
      const draws = { path: [] as string[], search: [] as string[], a: [] as string[], b: [] as string[] };
      for (let draw = 0; draw < DRAWS; draw++) {
        const [pair] = drawPair(cells, [subset], [logits], random);
        draws.path.push(String(drawArchitecture([path], random)[0]));
        draws.search.push(String(drawArchitecture([fitness], random)[0]));
        draws.a.push(String(pair?.a));
        draws.b.push(String(pair?.b));
      }
      const expected = {
        path: golden.weight_path,
        search: golden.search,
        a: golden.fitness_A,
        b: golden.fitness_B,
      };
      for (const way of ['path', 'search', 'a', 'b'] as const) {
        all.forEach((set, index) => expectChance(draws[way], String(set), expected[way][index] ?? NaN));
      }
    });
  });
}

describe('which drawn costs are accepted', () => {
  for (const golden of sampling.band_cases) {
    test(golden.id, () => {
      // Samples and extras come from one stream of proposals: the extras go on where the samples ended.
      const proposals = golden.proposals.map(([id, cost]) => ({ id, code: String(id), cost })).values();
      const taken = new Set<string>();
      const band = targetBand(golden.target, golden.drift);
      const samples = takeWithin(proposals, band, golden.number, taken);
      const below = extraBand(golden.target, golden.drift, golden.extra_drift);
      const extras = takeWithin(proposals, below, golden.extra_number, taken);
      expect(samples.map(({ id }) => id)).toEqual(golden.accepted);
      expect(extras.map(({ id }) => id)).toEqual(golden.accepted_extra);
    });
  }
});

/** Fails when a set was drawn more or less often than its chance allows; rare ones need only stay rare. */
function expectChance(drawn: readonly string[], set: string, chance: number): void {
  const count = drawn.filter((other) => other === set).length;
  const allowed = MOST_ERRORS * Math.sqrt(DRAWS * chance * (1 - chance)) + MOST_ERRORS;
  expect(Math.abs(count - DRAWS * chance)).toBeLessThan(allowed);
}
