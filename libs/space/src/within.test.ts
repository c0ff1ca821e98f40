import fc from 'fast-check';

import { type CostBand, inBand, targetBand } from './band.js';
import { type Choice, fitnessChoices, singleChoices } from './choice.js';
import { encodeArchitecture } from './code.js';
import { type CellCost, cellwiseSum, type Cost, macsCost } from './cost.js';
import { NseError } from './error.js';
import { guideTo } from './guide.js';
import { macroNetwork } from './macro.js';
import { POOLS } from './pool.js';
import { PUBLISHED } from './published.js';
import { randomFrom } from './random.js';
import { chanceOf } from './sample.js';
import { firstSpace } from './space.js';
import { deviation } from './testing/deviation.js';
import { product, subsetsOf } from './testing/small.js';
import { sampleWithin, takeWithin } from './within.js';

/**
 * As in a latency table: every branch carries an addition, but in a cell without identity one of them does
 * not.
 */
const ADDITION = 6;

/** A made-up cell: what its operations 0, 1, ... cost and how fit they are. */
const anyCell = (most: number) =>
  fc.record({
    identity: fc.boolean(),
    operations: fc.array(
      fc.record({
        cost: fc.integer({ min: 0, max: 500 }).map((tenths) => tenths / 10),
        logit: fc.integer({ min: -40, max: 40 }).map((tenths) => tenths / 10),
      }),
      { minLength: 1, maxLength: most },
    ),
  });

type CellSpec = typeof anyCell extends (most: number) => fc.Arbitrary<infer T> ? T : never;

function spaceOf(
  cells: readonly CellSpec[],
  method: 'several' | 'one',
): { cost: Cost; choices: readonly Choice[] } {
  const tables = cells.map(({ identity, operations }): CellCost => ({
    operations: Float64Array.from(operations, ({ cost }) => cost + ADDITION),
    offset: identity ? 0 : -ADDITION,
  }));
  const subsets = cells.map(({ operations }) => operations.map((_, operation) => operation));
  const logits = cells.map(({ operations }) => operations.map(({ logit }) => logit));
  const weights = cells.map(({ identity }, cell) => [
    ...logits[cell]!.map((logit) => Math.exp(logit)),
    ...(identity ? [1] : []),
  ]);
  const choices =
    method === 'several' ? fitnessChoices(cells, subsets, logits) : singleChoices(cells, subsets, weights);
  return { cost: { unit: 'ms', ...cellwiseSum(100, tables) }, choices };
}

/** Every architecture that can be drawn, with its chance. */
function architecturesOf(choices: readonly Choice[]): { set: number[][]; chance: number }[] {
  const sets = choices.map((choice) =>
    subsetsOf(choice.operations)
      .map((set) => ({ set, chance: chanceOf(choice, set) }))
      .filter(({ chance }) => chance > 0),
  );
  return product(sets).map((row) => ({
    set: row.map(({ set }) => set),
    chance: row.reduce((chance, entry) => chance * entry.chance, 1),
  }));
}

/** The exact chance of every architecture within the band. */
function conditionalChances(band: CostBand, choices: readonly Choice[], cost: Cost): Map<string, number> {
  const inside = architecturesOf(choices).filter(({ set }) => inBand(band, cost.total(set)));
  const total = inside.reduce((sum, { chance }) => sum + chance, 0);
  return new Map(inside.map(({ set, chance }) => [encodeArchitecture(set), chance / total]));
}

function expectConditionalLaw(cells: readonly CellSpec[], method: 'several' | 'one', place: number): void {
  const { cost, choices } = spaceOf(cells, method);
  const highest = cost.total(choices.map(({ operations }) => operations));
  const band = targetBand(100 + place * (highest - 100), 8);
  const expected = conditionalChances(band, choices, cost);
  const random = randomFrom(1);
  const guide = guideTo(band, choices, cost);
  const drawn = Array.from({ length: 4000 }, () => guide.draw(random)).filter(
    (architecture) => architecture !== undefined && inBand(band, cost.total(architecture)),
  );
  if (expected.size === 0) {
    expect(drawn).toEqual([]);
    return;
  }
  const codes = drawn.map((architecture) => encodeArchitecture(architecture!));
  expect(deviation(codes, expected)).toBeLessThan(5);
  // Single architectures may be too rare to judge: slices of the band are not.
  const slice = (own: number) => String(Math.floor((4 * (own - band.above)) / (band.below - band.above)));
  const costs = new Map(
    architecturesOf(choices).map(({ set }) => [encodeArchitecture(set), cost.total(set)]),
  );
  const slices = new Map<string, number>();
  for (const [code, chance] of expected) {
    const key = slice(costs.get(code)!);
    slices.set(key, (slices.get(key) ?? 0) + chance);
  }
  expect(
    deviation(
      codes.map((code) => slice(costs.get(code)!)),
      slices,
    ),
  ).toBeLessThan(5);
}

describe('drawing towards a band', () => {
  const place = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);

  test('follows the fitness distribution on condition that the cost lies in the band', () => {
    fc.assert(
      fc.property(fc.array(anyCell(4), { minLength: 1, maxLength: 3 }), place, (cells, at) => {
        expectConditionalLaw(cells, 'several', at);
      }),
      { seed: 1, numRuns: 40, unbiased: true },
    );
  });

  test('does so in cells with so many operations that their sets are drawn in parts', () => {
    fc.assert(
      fc.property(anyCell(10), anyCell(3), place, (large, little, at) => {
        expectConditionalLaw([large, little], 'several', at);
      }),
      { seed: 2, numRuns: 25, unbiased: true },
    );
  });

  test('counts that such a cell may not be empty, however unlikely its operations are', () => {
    const unlikely = [1, 2, 3, 4, 5, 6, 7, 8].map((cost) => ({ cost, logit: -3 }));
    const likely = [2, 3, 6, 9].map((cost) => ({ cost, logit: 1 }));
    const cells = [
      { identity: false, operations: unlikely },
      { identity: true, operations: likely },
    ];
    for (const place of [0.1, 0.2, 0.3, 0.4]) expectConditionalLaw(cells, 'several', place);
  });

  test('follows given weights in single-branch spaces', () => {
    fc.assert(
      fc.property(fc.array(anyCell(5), { minLength: 1, maxLength: 4 }), place, (cells, at) => {
        expectConditionalLaw(cells, 'one', at);
      }),
      { seed: 3, numRuns: 40, unbiased: true },
    );
  });
});

describe('sampleWithin', () => {
  const { pool: name, network: spec } = PUBLISHED.NSENet;
  const network = macroNetwork(spec);
  const cost = macsCost(network, POOLS[name]);
  const { subsets } = firstSpace(network.cells.length, POOLS[name].operations.length, 5, randomFrom(1));
  const choices = fitnessChoices(network.cells, subsets);
  const sample = (target: number, drift: number, number: number, seed = 1) =>
    sampleWithin(targetBand(target, drift), { choices, cost, number, random: randomFrom(seed) });

  test('finds distinct architectures in a band that plain drawing never meets', () => {
    const samples = sample(150e6, 1e6, 300);
    expect(new Set(samples.map(({ code }) => code)).size).toBe(300);
    for (const { architecture, code, cost: own } of samples) {
      expect(own).toBe(cost.total(architecture));
      expect(encodeArchitecture(architecture)).toBe(code);
      expect(Math.abs(own - 150e6)).toBeLessThan(1e6);
    }
  });

  test('repeats with the seed', () => {
    expect(sample(300e6, 10e6, 5, 7)).toEqual(sample(300e6, 10e6, 5, 7));
    expect(sample(300e6, 10e6, 5, 8)).not.toEqual(sample(300e6, 10e6, 5, 7));
  });

  test('names the nearest cost when the band lies under everything, over everything or between', () => {
    const cheapest = network.cells.map(({ index, identity }) =>
      identity ? 0 : Math.min(...subsets[index]!.map((operation) => cost.of(index, [operation]))),
    );
    const least = cheapest.reduce((sum, own) => sum + own, cost.fixed);
    const most = cost.total(subsets);
    expect(() => sample(10e6, 1e6, 5)).toThrow(
      `the nearest found costs ${least.toLocaleString('en-US')} MACs`,
    );
    expect(() => sample(9e9, 1e6, 5)).toThrow(`the nearest found costs ${most.toLocaleString('en-US')} MACs`);
    expect(() => sample(300e6, 0, 5)).toThrow(/the nearest found costs (299|300),\d/);
    const error = thrownBy(() => sample(10e6, 1e6, 5));
    expect(error).toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'BudgetUnreachable',
      field: 'constraint',
    });
  });

  test('returns what there is when the band holds fewer than asked for', () => {
    const few: Cost = {
      unit: 'ms',
      ...cellwiseSum(0, [{ operations: Float64Array.of(1, 2, 4), offset: 0 }]),
    };
    const open = fitnessChoices([{ identity: true }], [[0, 1, 2]]);
    const samples = sampleWithin(targetBand(4, 2.5), {
      choices: open,
      cost: few,
      number: 100,
      random: randomFrom(1),
    });
    expect(samples.map(({ cost: own }) => own).sort()).toEqual([2, 3, 4, 5, 6]);
  });

  test('finishes with almost all operations very unlikely', () => {
    const unlikely = fitnessChoices(
      network.cells,
      subsets,
      subsets.map((subset) => subset.map(() => -9)),
    );
    const samples = sampleWithin(targetBand(900e6, 5e6), {
      choices: unlikely,
      cost,
      number: 50,
      random: randomFrom(1),
    });
    expect(samples).toHaveLength(50);
  });
});

describe('takeWithin', () => {
  test('stops at the number asked for and leaves the other proposals alone', () => {
    const proposals = [1, 5, 2, 2, 9, 3].map((cost, index) => ({ code: `${cost}`, cost, index })).values();
    const band = { above: 0, below: 4, belowIncluded: false };
    expect(takeWithin(proposals, band, 2, new Set()).map(({ index }) => index)).toEqual([0, 2]);
    expect(takeWithin(proposals, band, 0, new Set())).toEqual([]);
    expect(proposals.next().value?.index).toBe(3);
  });
});

function thrownBy(action: () => unknown): NseError {
  try {
    action();
  } catch (error) {
    return NseError.from(error);
  }
  throw new Error('nothing was thrown');
}
