import { type MacroNetwork, macroNetwork, operationAt, randomFrom } from '@nse/space';
import {
  initialiseWeights,
  type Labelled,
  placesOf,
  readPair,
  type Supernet,
  supernetOf,
  Weights,
  withBatch,
} from '@nse/supernet';
import { optionsOf, softmax } from '@nse/strategies';
import { loadBackend } from '@nse/tensor';

import { Alphas } from './alphas.js';
import { drawGates, type DrawnGates, drawPathBy, gateGradients, type GatePair } from './gates.js';
import { network, pool, stripes, subsets } from './stripes.fixture.js';

const free = { of: () => 0 };
const options = optionsOf(network.cells, subsets);
const alphas = options.map((own, cell) => own.map((_, option) => 0.4 * ((cell + 2 * option) % 3) - 0.3));
const probabilities = alphas.map((row) => softmax(row));

/** The chance that these two are drawn, one after the other without putting the first back, in either order. */
const pairChance = (row: readonly number[], { active: i, other: j }: GatePair) =>
  (row[i]! * row[j]!) / (1 - row[i]!) + (row[j]! * row[i]!) / (1 - row[j]!);

/** All ordered pairs of a cell's options: active and other. */
const orderedPairs = (size: number): GatePair[] =>
  Array.from({ length: size }, (_, active) =>
    Array.from({ length: size }, (__, other) => ({ active, other })).filter(({ other }) => other !== active),
  ).flat();

describe('drawGates', () => {
  test('draws every ordered pair with the chance that the method says', () => {
    const draws = 20_000;
    const random = randomFrom(1, 'gates');
    const drawn = Array.from({ length: draws }, () => drawGates(options, probabilities, random).gates[0]!);
    for (const pair of orderedPairs(options[0]!.length)) {
      const row = probabilities[0]!;
      const own = row[pair.active]! / (row[pair.active]! + row[pair.other]!);
      const chance = pairChance(row, pair) * own;
      const share = drawn.filter(
        ({ active, other }) => active === pair.active && other === pair.other,
      ).length;
      // Five deviations.
      expect(Math.abs(share / draws - chance)).toBeLessThan(5 * Math.sqrt((chance * (1 - chance)) / draws));
    }
  });

  test('leaves a cell with one option alone', () => {
    const { gates, pairs } = drawGates([[[4]]], [[1]], randomFrom(1));
    expect(gates).toEqual([undefined]);
    expect(pairs).toEqual([{ a: [4], b: [4], choice: false }]);
  });
});

test('drawPathBy draws options by their probabilities', () => {
  const draws = 20_000;
  const random = randomFrom(2, 'paths');
  const drawn = Array.from({ length: draws }, () => drawPathBy(options, probabilities, random)[1]!.join());
  options[1]!.forEach((set, option) => {
    const share = drawn.filter((own) => own === set.join()).length / draws;
    expect(Math.abs(share - probabilities[1]![option]!)).toBeLessThan(0.018);
  });
});

describe('gateGradients', () => {
  const losses = [0.7, -0.4, 0.1, 0.5];

  test('is in expectation over the draws the gradient of the expected loss of the pairs', () => {
    const row = [0.3, -0.6, 0.1, 0.9];
    const own = optionsOf([{ identity: true }], [[2, 5, 7]]);
    /** Expected loss of a pair, as if there were no others, by what is drawn at `row`. */
    const pairLoss = (at: readonly number[], { active, other }: GatePair) => {
      const [p, q] = softmax([at[active]!, at[other]!]);
      return p! * losses[active]! + q! * losses[other]!;
    };
    const exact = row.map((_, option) => {
      const moved = (by: number) => row.map((alpha, index) => (index === option ? alpha + by : alpha));
      const pairs = orderedPairs(row.length).filter(({ active, other }) => active < other);
      return pairs.reduce((sum, pair) => {
        const slope = (pairLoss(moved(1e-5), pair) - pairLoss(moved(-1e-5), pair)) / 2e-5;
        return sum + pairChance(softmax(row), pair) * slope;
      }, 0);
    });
    const random = randomFrom(3, 'expectation');
    const draws = 40_000;
    const mean = row.map(() => 0);
    for (let draw = 0; draw < draws; draw++) {
      const drawn = drawGates(own, [softmax(row)], random);
      const { active, other } = drawn.gates[0]!;
      const [gradient] = gateGradients(free, drawn, [row], [losses[active]! - losses[other]!], 0);
      gradient!.forEach((value, option) => (mean[option]! += value / draws));
    }
    mean.forEach((value, option) => expect(Math.abs(value - exact[option]!)).toBeLessThan(0.004));
    expect(Math.max(...exact.map(Math.abs))).toBeGreaterThan(0.04);
  });

  test('has of the cost the slope of its expectation over the pair', () => {
    const cost = { of: (_: number, set: readonly number[]) => (set[0] === undefined ? 0 : 10 + set[0]) };
    const drawn: DrawnGates = {
      gates: [{ active: 2, other: 0 }],
      pairs: [{ a: [7], b: [2], choice: true }],
    };
    const row = [0.3, -0.6, 0.1];
    const expected = (at: readonly number[]) => {
      const [p, q] = softmax([at[2]!, at[0]!]);
      return p! * 17 + q! * 12;
    };
    const [gradient] = gateGradients(cost, drawn, [row], [0], 0.5);
    row.forEach((_, option) => {
      const moved = (by: number) => row.map((alpha, index) => (index === option ? alpha + by : alpha));
      const slope = (expected(moved(1e-5)) - expected(moved(-1e-5))) / 2e-5;
      expect(gradient![option]).toBeCloseTo(0.5 * slope, 8);
    });
  });
});

describe('through a network of cells with two nearly equal operations', () => {
  const cells: MacroNetwork = macroNetwork({
    plan: 'NR',
    depths: [0, 0, 0, 0, 0],
    widths: [8, 8, 8, 8, 8],
    scale: 1,
    stemStride: 1,
    imageSize: network.imageSize,
    imageChannels: 1,
    classes: 4,
    tailChannels: 16,
  });
  // Swish, as gates see slopes, and a slope says nothing beyond the point where a ReLU switches.
  const twin = { ...operationAt(pool, 0), activation: 'swish' as const };
  const twins = { name: 'twins', operations: [twin, twin] };
  const both = cells.cells.map(() => [0, 1]);
  const rows = cells.cells.map((_, cell) => [0.2 * cell, 0.3 - 0.1 * cell]);
  const shares = rows.map((row) => softmax(row));
  let supernet: Supernet;
  let weights: Weights;

  beforeAll(async () => {
    await loadBackend({ threads: 1 });
    supernet = supernetOf(cells, twins, 'swish');
    weights = new Weights();
    initialiseWeights(weights, placesOf(supernet, both), randomFrom(4, 'weights'));
    const random = randomFrom(4, 'difference');
    for (const { name, shape } of placesOf(supernet, both).filter((place) =>
      place.name.includes('.ops.1.'),
    )) {
      const first = weights.numbers(name.replace('.ops.1.', '.ops.0.'));
      weights.setNumbers(
        name,
        first.map((value) => value * (1 + 0.01 * (2 * random.next() - 1))),
        shape,
      );
    }
  });

  afterAll(() => weights.dispose());

  /** Every choice of an active operation a cell, with its chance. */
  const choices = Array.from({ length: 2 ** both.length }, (_, bits) => {
    const active = both.map((__, cell) => (bits >> cell) & 1);
    return { active, chance: active.reduce((product, own, cell) => product * shares[cell]![own]!, 1) };
  });

  const gatesOf = (active: readonly number[]): DrawnGates => ({
    gates: active.map((own) => ({ active: own, other: 1 - own })),
    pairs: active.map((own) => ({ a: [own], b: [1 - own], choice: true })),
  });

  function exactAndExpected(batch: Labelled): { exact: number[][]; expected: number[][] } {
    const exact = rows.map((row) => row.map(() => 0));
    const expected = rows.map((row) => row.map(() => 0));
    for (const { active, chance } of choices) {
      const drawn = gatesOf(active);
      const { crossEntropy, gaps } = readPair(supernet, weights, drawn.pairs, batch);
      const gradients = gateGradients(free, drawn, rows, gaps, 0);
      rows.forEach((row, cell) =>
        row.forEach((_, option) => {
          const own = (active[cell] === option ? 1 : 0) - shares[cell]![option]!;
          exact[cell]![option]! += chance * crossEntropy * own;
          expected[cell]![option]! += chance * gradients[cell]![option]!;
        }),
      );
    }
    return { exact, expected };
  }

  test('the expectation is the gradient of the expected loss over all architectures', () => {
    const { exact, expected } = withBatch(stripes(32, 6, 0), cells, exactAndExpected);
    const length = Math.sqrt(exact.flat().reduce((sum, value) => sum + value ** 2, 0));
    const wrong = expected.flat().map((value, index) => value - exact.flat()[index]!);
    expect(Math.sqrt(wrong.reduce((sum, value) => sum + value ** 2, 0))).toBeLessThan(0.1 * length);
  });
});

test('after a step the options that were not drawn are as probable as before', () => {
  const settings = { learningRate: 0.3, beta1: 0, beta2: 0.999, decay: 0 };
  const table = Alphas.fresh([4], settings, randomFrom(1));
  const before = table.rows()[0]!;
  table.apply([[0.2, 0, -0.2, 0]]);
  table.keepMass(
    0,
    [0, 2],
    [0, 2].map((option) => before[option]!),
  );
  const [old, now] = [softmax(before), table.probabilities()[0]!];
  expect(now[1]).toBeCloseTo(old[1]!, 12);
  expect(now[3]).toBeCloseTo(old[3]!, 12);
  expect(now[0]! + now[2]!).toBeCloseTo(old[0]! + old[2]!, 12);
  expect(now[0]).toBeLessThan(old[0]! - 0.05);
});
