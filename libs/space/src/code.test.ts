import fc from 'fast-check';

import { decodeArchitecture, encodeArchitecture } from './code.js';
import { NseError } from './error.js';
import { macroNetwork } from './macro.js';
import { POOLS } from './pool.js';
import { PUBLISHED } from './published.js';
import { pool, small } from './testing/small.js';

const decode = (code: string) => decodeArchitecture(code, small, pool);

/** Any architecture of the small network. */
const anyArchitecture = fc.tuple(
  ...small.cells.map(({ identity }) =>
    fc
      .uniqueArray(fc.nat({ max: pool.operations.length - 1 }), { minLength: identity ? 0 : 1, maxLength: 5 })
      .map((operations) => operations.sort((a, b) => a - b)),
  ),
);

describe('architecture codes', () => {
  test('write cells by dots, operations by commas, an empty cell as a dash', () => {
    expect(encodeArchitecture([[0], [6], [], [17, 11]])).toBe('0.6.-.11,17');
  });

  test('read back what they wrote', () => {
    fc.assert(
      fc.property(anyArchitecture, (architecture) => {
        expect(decode(encodeArchitecture(architecture))).toEqual(architecture);
      }),
    );
  });

  test('read the published form, in any order and spacing', () => {
    const code = small.cells.map(() => '[9, 2]').join(' ');
    expect(decode(code)).toEqual(small.cells.map(() => [2, 9]));
    expect(decode(small.cells.map(({ identity }) => (identity ? '[]' : '[3]')).join(''))[0]).toEqual([]);
    for (const { pool: name, network, code: published } of Object.values(PUBLISHED)) {
      expect(() => decodeArchitecture(published, macroNetwork(network), POOLS[name])).not.toThrow();
    }
  });

  test('have one text for one architecture', () => {
    fc.assert(
      fc.property(anyArchitecture, (architecture) => {
        const turned = architecture.map((cell) => cell.toReversed());
        expect(encodeArchitecture(turned)).toBe(encodeArchitecture(architecture));
      }),
    );
  });

  test('refuse with a reason a cell at a time', () => {
    const cells = ['-', '0', '-', '0', '0', '0', '0', '0'].slice(0, small.cells.length);
    expect(decode(cells.join('.'))).toHaveLength(small.cells.length);
    const refused = (cell: number, text: string) => cells.with(cell, text).join('.');
    expect(() => decode(refused(1, '-'))).toThrow('code.cells[1]: may not be empty');
    expect(() => decode(refused(0, '27'))).toThrow('code.cells[0]: pool mac27 has no operation 27');
    expect(() => decode(refused(0, '3,3'))).toThrow('code.cells[0]: names an operation twice');
    expect(() => decode(refused(0, '3,'))).toThrow('code.cells[0]: is not a list of operation numbers');
    expect(() => decode(refused(0, ''))).toThrow('code.cells[0]: is not a list of operation numbers');
    expect(() => decode('0.1')).toThrow(`code: has 2 cells, the network has ${small.cells.length}`);
    expect(() => decode('[0] 1')).toThrow('code: is neither like');
  });

  test('fail with nothing but an INVALID_ARGUMENT, whatever the text', () => {
    const pieces = fc.constantFrom(
      '.',
      ',',
      '-',
      '[',
      ']',
      ' ',
      '0',
      '11',
      '26',
      '27',
      '-1',
      '1e3',
      '99999999',
      'x',
      '\n',
      '𝟙',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 40 }).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(text, (code) => {
        try {
          const architecture = decode(code);
          expect(decode(encodeArchitecture(architecture))).toEqual(architecture);
        } catch (error) {
          expect(error).toBeInstanceOf(NseError);
          expect((error as NseError).code).toBe('INVALID_ARGUMENT');
        }
      }),
      { numRuns: 2000 },
    );
  });
});
