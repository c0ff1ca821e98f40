import { latencyCost } from './latency.js';
import { parseLatencyTable } from './latency-table.js';
import { macroNetwork } from './macro.js';
import type { Pool } from './operation.js';

const network = macroNetwork({
  plan: 'NR',
  depths: [1, 0, 0, 0, 0],
  widths: [8, 8, 8, 8, 8],
  scale: 1,
  stemStride: 1,
  imageSize: 16,
  imageChannels: 3,
  classes: 10,
  tailChannels: 32,
});
const pool: Pool = {
  name: 'two',
  operations: [
    { kind: 'MBConv', kernel: 3, expansion: 1, dilation: 1, groups: [1, 1] },
    { kind: 'Rectangular', kernel: 5, expansion: 1 },
  ],
};
const columns = 'hw c_in c_out kernel stride padding dilation group type_code exec_time'.split(' ');

/** Every shape of the network with a time of its own; sizes 16 (cell 0), 16 to 8, 8 to 4, 4 to 2, 2 to 1. */
const rows = (): unknown[][] => [
  [1, 8, 32, 1, 1, 0, 1, 1, 1, 100],
  [1, 32, 32, 1, 1, 0, 1, 1, 3, 200],
  [1, 32, 10, 0, 0, 0, 0, 0, 5, 400],
  ...[16, 8, 4, 2, 1].flatMap((size) => [
    [size, 8, 8, 1, 1, 0, 1, 1, 1, 1],
    [size, 8, 8, 0, 0, 0, 0, 0, 4, 0.25],
  ]),
  [16, 8, 8, 3, 1, 1, 1, 8, 1, 2],
  [16, 8, 8, [1, 5], [1, 1], [0, 2], 1, 1, 1, 3],
  [16, 8, 8, [5, 1], [1, 1], [2, 0], 1, 1, 1, 4],
  ...[16, 8, 4, 2].flatMap((size) => [
    [size, 8, 8, 3, 2, 1, 1, 8, 1, 2],
    [size, 8, 8, [1, 5], [1, 2], [0, 2], 1, 1, 1, 3],
    [[size, size / 2], 8, 8, [5, 1], [2, 1], [2, 0], 1, 1, 1, 4],
  ]),
];
const table = (own = rows()) => parseLatencyTable({ unit: 'ms', source: 'made up', columns, rows: own });

describe('latencyCost', () => {
  test('sums the tail and the layers, with the additions of the branches', () => {
    const cost = latencyCost(network, pool, table());
    expect(cost).toMatchObject({ unit: 'ms', fixed: 700 });
    expect(cost.of(0, [])).toBe(0);
    // A cell with identity: one addition a branch.
    expect(cost.of(0, [0])).toBe(1 + 2 + 1 + 0.25);
    expect(cost.of(0, [0, 1])).toBe(4 + 9 + 2 * 0.25);
    // A cell without: one addition fewer than branches.
    expect(cost.of(1, [1])).toBe(1 + 3 + 4 + 1);
    expect(cost.of(1, [0, 1])).toBe(4 + 9 + 0.25);
    expect(cost.total([[], [0], [0], [0], [0]])).toBe(700 + 4 * 4);
  });

  test('names each missing entry and who needs it, before anything starts', () => {
    const fewer = rows().filter((row) => JSON.stringify(row.slice(0, 5)) !== '[[4,2],8,8,[5,1],[2,1]]');
    expect(() => latencyCost(network, pool, table(fewer))).toThrow(
      'constraint.latency.table: has no row for conv 8 to 8 channels, size 4x2, kernel 5x1, stride 2x1, dilation 1, ' +
        'groups 1; needed by operation 1 (Rectangular k5 t1) in cell 3',
    );
  });

  test('says how many more entries are missing', () => {
    expect(() => latencyCost(network, pool, table([]))).toThrow(
      /needed by the tail\n(.*\n)+.*lacks \d+ more rows/,
    );
  });
});

describe('parseLatencyTable', () => {
  test('names every wrong place', () => {
    const wrong = {
      unit: 'ms',
      columns,
      rows: [
        [16, 8, 8, 1, 1, 0, 1, 1, 1, -1],
        [16, 8],
      ],
    };
    expect(() => parseLatencyTable(wrong)).toThrow(/table\.rows\.0\.9: .*\ntable\.rows\.1/s);
    expect(() => parseLatencyTable({ rows: [] })).toThrow(/table\.unit: (.|\n)*table\.columns/);
    expect(() => parseLatencyTable('no table')).toThrow('table');
  });

  test('refuses two times for one shape, but not the same one twice', () => {
    const row = [16, 8, 8, 1, 1, 0, 1, 1, 1, 1];
    const written = [[16, 16], 8, 8, [1, 1], [1, 1], [0, 0], 1, 1, 1];
    expect(() => table([row, [...written, 2]])).toThrow(
      'table.rows.1: the same shape has 1 in an earlier row',
    );
    expect(() => table([row, [...written, 1]])).not.toThrow();
  });
});
