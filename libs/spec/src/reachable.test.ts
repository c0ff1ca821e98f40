import { type Architecture, type Cost, macroNetwork, macsCost, poolNamed } from '@nse/space';
import { parseSpec } from './parse.js';
import { presets } from './presets.js';
import { costRange, targetViolations } from './reachable.js';

describe('costRange', () => {
  it('agrees with every architecture of a small network', () => {
    const network = macroNetwork({ ...parseSpec(presets['fashion-mnist']).network });
    const pool = { name: 'two', operations: poolNamed('mac27').operations.slice(0, 2) };
    const cost = macsCost(network, pool);
    const choices = network.cells.map(({ identity }) => [...(identity ? [[]] : []), [0], [1], [0, 1]]);
    let totals = [cost.fixed];
    choices.forEach((sets, cell) => {
      totals = [...new Set(totals.flatMap((sum) => sets.map((set) => sum + cost.of(cell, set))))];
    });
    const { min, max } = costRange(network, pool, cost, 2);
    expect([min, max]).toEqual([Math.min(...totals), Math.max(...totals)]);
  });
});

describe('targetViolations', () => {
  const spec = parseSpec({
    ...presets['fashion-mnist'],
    constraint: { latency: { table: 'phone', targetMs: 5, driftMs: 1 } },
  });
  const latency = (perOperation: number): Cost => {
    const of = (_: number, operations: readonly number[]) => perOperation * operations.length;
    const total = (architecture: Architecture) =>
      architecture.reduce((sum, operations, cell) => sum + of(cell, operations), 0.5);
    return { unit: 'ms', fixed: 0.5, of, total };
  };

  it('leaves a latency target open without its table', () => {
    expect(targetViolations(spec)).toEqual([]);
  });

  it('takes a latency target that the table allows', () => {
    expect(targetViolations(spec, latency(0.1))).toEqual([]);
  });

  it('refuses a latency target that the table does not allow', () => {
    expect(targetViolations(spec, latency(10))).toMatchObject([{ field: 'constraint.latency.targetMs' }]);
  });
});
