import Table from 'cli-table3';
import { block, colorsOf, type TerminalStyle } from './style.js';

const ASCII_LINES = {
  top: '-',
  'top-mid': '+',
  'top-left': '+',
  'top-right': '+',
  bottom: '-',
  'bottom-mid': '+',
  'bottom-left': '+',
  'bottom-right': '+',
  left: '|',
  'left-mid': '+',
  mid: '-',
  'mid-mid': '+',
  right: '|',
  'right-mid': '+',
  middle: '|',
};

/** Without lines between the rows. */
const COMPACT = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** A table; cells may hold line breaks. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: TerminalStyle,
): string {
  const colors = colorsOf(style);
  const made = new Table({
    head: columns.map(({ title }) => colors.bold(title)),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: { ...(style.unicode ? {} : ASCII_LINES), ...COMPACT },
    style: { head: [], border: [], compact: true },
  });
  made.push(...rows.map((row) => [...row]));
  return block(made.toString().split('\n'), style);
}

/** Breaks a text after separators so that no line is longer than `columns`, where the text allows it. */
export function wrapped(text: string, separator: string, columns: number): string {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.split(separator)) {
    const longer = line === '' ? piece : line + separator + piece;
    if (line !== '' && longer.length + separator.trimEnd().length > columns) {
      lines.push(line + separator.trimEnd());
      line = piece;
    } else {
      line = longer;
    }
  }
  return [...lines, line].join('\n');
}
