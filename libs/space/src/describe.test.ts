import { describeArchitecture } from './describe.js';
import { pool, small } from './testing/small.js';

const architecture = small.cells.map(({ identity }) => (identity ? [] : [0, 21]));

describe('describeArchitecture', () => {
  test('names the branches of every cell with their layers', () => {
    const { code, cells } = describeArchitecture(small, pool, architecture);
    expect(code).toBe('-.0,21.-.0,21.0,21.0,21.0,21.0,21');
    expect(cells[0]).toMatchObject({ branches: [], macs: 0, parameters: 0 });
    expect(cells[1]?.branches.map(({ operation, name }) => `${operation} ${name}`)).toEqual([
      '0 MBConv k3 t1',
      '21 Rectangular k5 t1',
    ]);
    expect(cells[1]?.branches[1]?.layers.map(({ name }) => name)).toEqual([
      'expand',
      'row',
      'column',
      'project',
    ]);
  });

  test('adds up to the whole', () => {
    const { cells, macs, parameters, stemAndTail } = describeArchitecture(small, pool, architecture);
    expect(cells.reduce((sum, cell) => sum + cell.macs, stemAndTail.macs)).toBe(macs);
    expect(cells.reduce((sum, cell) => sum + cell.parameters, stemAndTail.parameters)).toBe(parameters);
  });

  test('refuses an operation that the pool lacks', () => {
    expect(() => describeArchitecture(small, pool, architecture.with(1, [99]))).toThrow(
      'operations 0 to 26, not 99',
    );
  });
});
