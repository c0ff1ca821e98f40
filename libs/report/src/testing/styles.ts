import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import type { TerminalStyle } from '../terminal/style.js';

export const PLAIN: TerminalStyle = { width: 80, unicode: false, color: false };
export const RICH: TerminalStyle = { width: 100, unicode: true, color: true };

/** Any terminal, from absurdly narrow to very wide. */
export const anyStyle: fc.Arbitrary<TerminalStyle> = fc.record({
  width: fc.integer({ min: 1, max: 220 }),
  unicode: fc.boolean(),
  color: fc.boolean(),
});

export const widest = (text: string): number =>
  Math.max(...text.split('\n').map((line) => stringWidth(line)));

export const bare = stripVTControlCharacters;

/** Fails unless a text keeps to what a terminal can show. */
export function expectToFit(text: string, { width, unicode, color }: TerminalStyle): void {
  expect(widest(text)).toBeLessThanOrEqual(width);
  if (!color) expect(text).toBe(bare(text));
  if (!unicode) expect(bare(text)).toMatch(/^[\x20-\x7e\n]*$/);
}
