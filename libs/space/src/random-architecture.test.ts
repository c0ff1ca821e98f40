import { inBand, targetBand } from './band.js';
import { macsCost } from './cost.js';
import { macroNetwork } from './macro.js';
import { POOLS } from './pool.js';
import { PUBLISHED } from './published.js';
import { randomArchitectureOfCost } from './random-architecture.js';
import { randomFrom } from './random.js';

const network = macroNetwork(PUBLISHED['NSENet-27'].network);
const pool = POOLS.mac27;
const cost = macsCost(network, pool);

const draw = (target: number, method: 'nse' | 'nse-single', seed: number) =>
  randomArchitectureOfCost(targetBand(target, 10e6), {
    cells: network.cells,
    poolSize: pool.operations.length,
    subsetSize: 5,
    method,
    cost,
    random: randomFrom(seed),
  });

describe('randomArchitectureOfCost', () => {
  test('has the cost, and branches from all over the pool, at most K a cell', () => {
    const samples = Array.from({ length: 40 }, (_, seed) => draw(400e6, 'nse', seed));
    expect(samples.every((sample) => inBand(targetBand(400e6, 10e6), sample.cost))).toBe(true);
    const used = new Set(samples.flatMap(({ architecture }) => architecture.flat()));
    expect(used.size).toBeGreaterThan(20);
    expect(
      Math.max(...samples.flatMap(({ architecture }) => architecture.map((cell) => cell.length))),
    ).toBeLessThanOrEqual(5);
  });

  test('has at most one operation a cell for single-branch NSE', () => {
    const { architecture } = draw(400e6, 'nse-single', 1);
    architecture.forEach((cell, index) => {
      expect(cell.length).toBeLessThanOrEqual(1);
      if (!network.cells[index]!.identity) expect(cell).toHaveLength(1);
    });
  });

  test('says so when nothing costs as little', () => {
    for (const method of ['nse', 'nse-single'] as const) {
      expect(() => draw(12e6, method, 1)).toThrow('no architecture of this space was found');
    }
  });
});
