import fc from 'fast-check';
import stringWidth from 'string-width';
import { clipped, colorsOf, printable, terminalStyle } from './style.js';
import { bare, RICH } from '../testing/styles.js';

const TTY = { isTTY: true, columns: 120 };

describe('terminalStyle', () => {
  it.each([
    [
      'a terminal in a UTF-8 locale',
      TTY,
      { LANG: 'en_GB.UTF-8' },
      { width: 120, unicode: true, color: true },
    ],
    ['a locale without UTF-8', TTY, { LANG: 'C' }, { width: 120, unicode: false, color: true }],
    ['no locale at all', TTY, {}, { width: 120, unicode: false, color: true }],
    [
      'LC_ALL before LANG',
      TTY,
      { LC_ALL: 'C', LANG: 'en_GB.utf8' },
      { width: 120, unicode: false, color: true },
    ],
    ['NO_COLOR', TTY, { LANG: 'C.UTF-8', NO_COLOR: '1' }, { width: 120, unicode: true, color: false }],
    ['an empty NO_COLOR', TTY, { LANG: 'C.UTF-8', NO_COLOR: '' }, { width: 120, unicode: true, color: true }],
    ['TERM=dumb', TTY, { LANG: 'C.UTF-8', TERM: 'dumb' }, { width: 120, unicode: false, color: false }],
    ['a file', { isTTY: false }, { LANG: 'C.UTF-8' }, { width: 80, unicode: false, color: false }],
    ['FORCE_COLOR to a file', {}, { FORCE_COLOR: '1' }, { width: 80, unicode: false, color: true }],
    ['FORCE_COLOR=0', {}, { FORCE_COLOR: '0' }, { width: 80, unicode: false, color: false }],
  ])('knows %s', (_, stream, env: Record<string, string>, expected) => {
    expect(terminalStyle(stream, env)).toEqual(expected);
  });
});

describe('clipped', () => {
  it('never exceeds the columns, also with wide characters and colours, and keeps the beginning', () => {
    const { red } = colorsOf(RICH);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.nat(70), (text, columns) => {
        const printed = printable(text, RICH);
        const cut = clipped(`a${red(printed)}`, columns);
        expect(stringWidth(cut)).toBeLessThanOrEqual(columns);
        expect(`a${printed}`.startsWith(bare(cut).trimEnd())).toBe(true);
      }),
    );
  });

  it('switches off the colour that it cut through', () => {
    const { red } = colorsOf(RICH);
    expect(clipped(red('abcdef'), 3)).toBe(red('abc'));
  });
});

describe('printable', () => {
  it('leaves nothing that a terminal would obey', () => {
    const hostile = 'a\u001b[31mb\u001b]0;title\u0007c\r\nd\u202ee\u009b2Jf';
    expect(printable(hostile, RICH)).toMatch(/^[\x20-\x7e]*$/);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text, RICH)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });
});
