import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import stringWidth from 'string-width';

/** What a terminal can show. `width` in columns. */
export interface TerminalStyle {
  readonly width: number;
  readonly unicode: boolean;
  readonly color: boolean;
}

const DEFAULT_WIDTH = 80;

/**
 * What the terminal behind a stream can show. Colour: a TTY without NO_COLOR (or FORCE_COLOR). Unicode: a TTY in a
 * UTF-8 locale. Neither where TERM is `dumb`, or where the output goes to a file: then it is plain ASCII, 80 columns.
 */
export function terminalStyle(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): TerminalStyle {
  const capable = stream.isTTY === true && env['TERM'] !== 'dumb';
  const forced = set(env['FORCE_COLOR']) && env['FORCE_COLOR'] !== '0';
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(set) ?? '';
  return {
    width: stream.columns !== undefined && stream.columns > 0 ? stream.columns : DEFAULT_WIDTH,
    unicode: capable && /utf-?8/i.test(locale),
    color: forced || (capable && !set(env['NO_COLOR'])),
  };
}

const set = (value: string | undefined): boolean => value !== undefined && value !== '';

/** Plain ASCII without colour. */
export const plainStyle: TerminalStyle = { width: DEFAULT_WIDTH, unicode: false, color: false };

const UNICODE = {
  full: '█',
  empty: '░',
  fresh: '●',
  old: '○',
  chosen: '★',
  kept: '■',
  keptFresh: '◆',
  dropped: '×',
  pruned: '−',
  left: '·',
  untried: ' ',
  arrow: '→',
  plusMinus: '±',
  vertical: '│',
  horizontal: '─',
  tick: '┤',
  tickBelow: '┬',
  corner: '└',
  branch: '├',
  joinFirst: '┐',
  join: '┤',
  mergeLeft: '┌',
  mergeRight: '┘',
  band: '┊',
};

const ASCII: Symbols = {
  full: '#',
  empty: '-',
  fresh: 'o',
  old: '.',
  chosen: '@',
  kept: '#',
  keptFresh: '*',
  dropped: 'x',
  pruned: '-',
  left: '.',
  untried: ' ',
  arrow: '->',
  plusMinus: '+-',
  vertical: '|',
  horizontal: '-',
  tick: '+',
  tickBelow: '+',
  corner: '+',
  branch: '+',
  joinFirst: '+',
  join: '+',
  mergeLeft: '+',
  mergeRight: '+',
  band: ':',
};

export type Symbols = Readonly<Record<keyof typeof UNICODE, string>>;

export const symbolsOf = (style: TerminalStyle): Symbols => (style.unicode ? UNICODE : ASCII);

export const colorsOf = (style: TerminalStyle) => pc.createColors(style.color);

/** Text from outside, made safe to print: no escape sequences, control or direction-changing characters. */
export function printable(text: string, style: TerminalStyle): string {
  const clean = stripVTControlCharacters(text).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
  return style.unicode ? clean : clean.replaceAll(/[^\x20-\x7e]/g, '?');
}

/** Columns that a text takes, colours not counted. */
export const columnsOf = (text: string): number => stringWidth(text);

/** Right-pads (or, with `side` 'left', left-pads) to a number of columns. */
export function padded(text: string, columns: number, side: 'left' | 'right' = 'right'): string {
  const space = ' '.repeat(Math.max(0, columns - columnsOf(text)));
  return side === 'right' ? text + space : space + text;
}

const ESCAPE = String.fromCharCode(27);
const COLOUR = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`);

/** Cuts a line to a number of columns; colours that were switched on are still switched off. */
export function clipped(line: string, columns: number): string {
  if (columnsOf(line) <= columns) return line;
  let room = columns;
  const pieces = line.split(COLOUR).map((piece) => {
    if (COLOUR.test(piece)) return piece;
    let kept = '';
    for (const character of piece) {
      const wide = columnsOf(character);
      // Once one character did not fit, nothing after it may.
      room = wide > room ? -1 : room - wide;
      if (room < 0) break;
      kept += character;
    }
    return kept;
  });
  return pieces.join('').trimEnd();
}

/** Lines as one text, each cut to the width of the terminal. */
export function block(lines: readonly string[], style: TerminalStyle): string {
  return lines.map((line) => clipped(line.trimEnd(), style.width)).join('\n');
}
