import type { messages } from '@nse/rpc';

const columns = ['ID', 'PHASE', 'STAGE', 'ROUND', 'FRONT', 'CREATED'] as const;

/** Searches as a table, a line each, in the manner of kubectl. */
export function searchTable(searches: readonly messages.Search__Output[]): string {
  const rows = [columns, ...searches.map(row)];
  const widths = columns.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function row({ id, phase, stage, round, rounds, front, createTime }: messages.Search__Output): string[] {
  const over = phase === 'SUCCEEDED' || phase === 'FAILED';
  const created = createTime === null ? '' : new Date(createTime.seconds * 1000).toISOString().slice(0, 19);
  return [id, phase, over ? '-' : stage, `${round}/${rounds}`, String(front.length), created];
}
