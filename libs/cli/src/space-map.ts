import type { TerminalStyle } from '@nse/report';
import type { messages } from '@nse/rpc';
import { createColors } from 'picocolors';
import { operationsText } from './operations-text.js';

/** What became of an operation in a cell, as the map tells it apart. */
type Fate = 'keptNew' | 'kept' | 'droppedNew' | 'dropped' | 'pending';

const marks: Readonly<Record<Fate, readonly [unicode: string, ascii: string]>> = {
  keptNew: ['◆', '*'],
  kept: ['■', '#'],
  droppedNew: ['×', 'x'],
  dropped: ['·', '.'],
  pending: ['░', '-'],
};

const meanings: Readonly<Record<Fate, string>> = {
  keptNew: 'new and kept',
  kept: 'kept',
  droppedNew: 'new and dropped',
  dropped: 'dropped',
  pending: 'pending',
};

const fates = Object.keys(meanings) as Fate[];

/**
 * The space after a round as a map: a row for each cell, a column for each operation of the pool, above them the tens of their
 * indices, and where there is room the counts of each row.
 */
export function spaceMap(space: messages.Space__Output, style: TerminalStyle): string {
  const { search, round, pool, operations, cells } = space;
  const bar = style.unicode ? '│' : '|';
  const names = cells.map(({ kind }, cell) => `${String(cell).padStart(2)} ${kind} `);
  const gutter = Math.max(0, ...names.map((name) => name.length));
  const rows = cells.map((cell, index) => {
    const strip = operations.map((_, operation) => mark(fateOf(cell, operation), style)).join('');
    return `${(names[index] ?? '').padEnd(gutter)}${bar}${strip}${bar}`;
  });
  const room = style.width - (gutter + operations.length + 2);
  const told = cells.map(counts);
  const width = Math.max(COUNT_TITLES.length, ...told.map((text) => text.length));
  const beside = room >= width + 2;
  const ruler = `${' '.repeat(gutter + 1)}${rulerOf(operations.length).padEnd(operations.length + 1)}`;
  return [
    `Space of ${search} after round ${round}: ${cells.length} cells, ${operations.length} operations of ${pool}`,
    `${ruler}${beside ? `  ${COUNT_TITLES}` : ''}`.trimEnd(),
    ...rows.map((row, index) => (beside ? `${row}  ${told[index] ?? ''}` : row)),
    fates.map((fate) => `${mark(fate, style)} ${meanings[fate]}`).join('  '),
    ...joinedLines(space),
  ].join('\n');
}

/** Since when the operations are there that came later than the search began. */
function joinedLines({ since, operations }: messages.Space__Output): string[] {
  const isContinued = since.includes(0);
  const later = [...new Set(since)].filter((round) => round > 1 || (round === 1 && isContinued));
  return later.map((round) => {
    const joined = operations.flatMap((name, index) => (since[index] === round ? [{ index, name }] : []));
    return `new from round ${round} on: ${operationsText(joined)}`;
  });
}

const COUNT_TITLES = 'new kept dropped pending';

function counts({ tried, kept, dropped, pending }: messages.SpaceCell__Output): string {
  const titles = COUNT_TITLES.split(' ');
  const sizes = [tried, kept, dropped, pending].map((set) => String(set.length));
  return sizes.map((size, index) => size.padStart(titles[index]?.length ?? 0)).join(' ');
}

function fateOf({ kept, dropped, tried }: messages.SpaceCell__Output, operation: number): Fate {
  const isNew = tried.includes(operation);
  if (kept.includes(operation)) return isNew ? 'keptNew' : 'kept';
  if (dropped.includes(operation)) return isNew ? 'droppedNew' : 'dropped';
  return 'pending';
}

function mark(fate: Fate, { unicode, color }: TerminalStyle): string {
  const { green, cyan, red, yellow, dim } = createColors(color);
  const paint = { keptNew: green, kept: cyan, droppedNew: red, dropped: yellow, pending: dim }[fate];
  return paint(marks[fate][unicode ? 0 : 1]);
}

/** The tens, each above its operation: `0         10        20`. */
function rulerOf(size: number): string {
  let ruler = '';
  for (let index = 0; index < size; index += 10) ruler = ruler.padEnd(index) + String(index);
  return ruler;
}
