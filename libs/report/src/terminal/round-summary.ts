import { type CellFate, spaceAfter, spaceCounts } from '../evolution.js';
import { amountText, costText, percentText } from '../format.js';
import type { Constraint, NetworkReport, RoundReport } from '../report.js';
import { block, colorsOf, symbolsOf, type TerminalStyle } from './style.js';

export interface SummaryContext {
  /** How many rounds the search has. */
  readonly rounds: number;
  readonly network: Pick<NetworkReport, 'cells'>;
  readonly poolSize: number;
  readonly constraint: Constraint;
}

/**
 * What the last of `rounds` did to the space: a headline, then a row for each cell with one column for each operation of
 * the pool, by index. Where the terminal is too narrow for that, the indices as lists.
 */
export function roundSummary(
  rounds: readonly RoundReport[],
  context: SummaryContext,
  style: TerminalStyle,
): string {
  const round = rounds.at(-1);
  if (round === undefined) return '';
  const fates = spaceAfter(rounds, context.poolSize);
  const names = context.network.cells.map(
    ({ kind, outChannels }, cell) => `${String(cell).padStart(2)} ${kind} ${String(outChannels).padStart(4)}`,
  );
  const gutter = Math.max(0, ...names.map((name) => name.length)) + 2;
  const fits = gutter + context.poolSize + 2 <= style.width;
  const lines = fits ? strips(fates, names, gutter, style) : lists(round, names, style);
  return block([...headline(round, context, style), ...lines, ...(fits ? [legend(style)] : [])], style);
}

function headline(
  round: RoundReport,
  { rounds, constraint }: SummaryContext,
  style: TerminalStyle,
): string[] {
  const colors = colorsOf(style);
  const best = round.front.reduce<RoundReport['front'][number] | undefined>(
    (a, b) => (a === undefined || b.accuracy > a.accuracy ? b : a),
    undefined,
  );
  const at = best === undefined ? '' : ` at ${costText(best.latencyMs ?? best.macs, constraint.unit)}`;
  const { tried, kept, dropped, pruned } = spaceCounts(round);
  return [
    colors.bold(`Round ${round.round} of ${rounds}`) +
      `: ${amountText(round.scored, 'architecture')} scored, ${round.front.length} on the front, ` +
      `best ${percentText(best?.accuracy, 1)}${at}`,
    `Operations: ${tried} tried, ${kept} kept, ${dropped} dropped` +
      (pruned > 0 ? ` (${pruned} of them pruned while training)` : ''),
  ];
}

/** One column an operation, and above them the tens of their indices. */
function strips(
  fates: readonly CellFate[][],
  names: readonly string[],
  gutter: number,
  style: TerminalStyle,
): string[] {
  const width = fates[0]?.length ?? 0;
  let ruler = '';
  for (let index = 0; index < width; index += 10) ruler = ruler.padEnd(index) + String(index);
  const { vertical } = symbolsOf(style);
  const rows = fates.map((cell, index) => {
    const strip = cell.map((one) => markOf(one, style)).join('');
    return `${(names[index] ?? '').padEnd(gutter)}${vertical}${strip}${vertical}`;
  });
  return [`${' '.repeat(gutter + 1)}${colorsOf(style).dim(ruler)}`, ...rows];
}

function markOf({ fate, fresh }: CellFate, style: TerminalStyle): string {
  const symbols = symbolsOf(style);
  if (fate === 'untried') return symbols.untried;
  const { cyan, green, yellow, red, dim } = colorsOf(style);
  if (fate === 'kept' && fresh) return green(symbols.keptFresh);
  return { kept: cyan, dropped: yellow, pruned: red, left: dim }[fate](symbols[fate]);
}

function lists(round: RoundReport, names: readonly string[], style: TerminalStyle): string[] {
  const { kept, dropped, pruned } = symbolsOf(style);
  return names.map((name, cell) => {
    const list = (mark: string, set: readonly number[] | undefined) =>
      (set ?? []).map((index) => mark + String(index));
    const left = new Set(round.space.pruned[cell]);
    const marks = [
      ...list(kept, round.space.kept[cell]),
      ...list(
        dropped,
        round.space.dropped[cell]?.filter((operation) => !left.has(operation)),
      ),
      ...list(pruned, round.space.pruned[cell]),
    ];
    return `${name}  ${marks.join(' ')}`;
  });
}

function legend(style: TerminalStyle): string {
  const shown: [CellFate, string][] = [
    [{ fate: 'kept', fresh: true }, 'new and kept'],
    [{ fate: 'kept', fresh: false }, 'kept'],
    [{ fate: 'dropped', fresh: false }, 'dropped'],
    [{ fate: 'pruned', fresh: false }, 'pruned while training'],
    [{ fate: 'left', fresh: false }, 'left earlier'],
  ];
  return shown.map(([fate, name]) => `${markOf(fate, style)} ${name}`).join('  ');
}
