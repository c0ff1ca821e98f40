import { inherited } from '../evolution.js';
import { costText, percentText } from '../format.js';
import type { Constraint, RoundReport } from '../report.js';
import { columnsOf, printable, type TerminalStyle } from './style.js';
import { table, wrapped } from './table.js';

const LEAST_CODE_COLUMNS = 12;

/** The front after the last of `rounds`: cost, accuracy, whether it is new, and the code, wrapped where it is long. */
export function frontTable(
  rounds: readonly RoundReport[],
  { unit }: Pick<Constraint, 'unit'>,
  style: TerminalStyle,
): string {
  const before = inherited(rounds, rounds.length - 1);
  const rows = (rounds.at(-1)?.front ?? []).map(({ code, macs, latencyMs, accuracy }) => [
    costText(latencyMs ?? macs, unit),
    percentText(accuracy),
    before.has(code) ? 'inherited' : 'new',
    code,
  ]);
  const titles = [unit === 'macs' ? 'MACs' : 'latency', 'accuracy', 'found', 'architecture'];
  const taken = titles.slice(0, -1).reduce((sum, title, column) => {
    return sum + 3 + Math.max(title.length, ...rows.map((row) => columnsOf(row[column] ?? '')));
  }, 4);
  const room = Math.max(LEAST_CODE_COLUMNS, style.width - taken);
  const columns = titles.map((title, index) => ({
    title,
    align: index < 2 ? ('right' as const) : ('left' as const),
  }));
  return table(
    columns,
    rows.map((row) => row.map((cell) => wrapped(printable(cell, style), '.', room))),
    style,
  );
}
