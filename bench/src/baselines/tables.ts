import type { StepResult } from './main.js';

/** Time, then memory: a row a method, a column a size of the pool; in brackets, times that of `nse` over the same pool. */
export function stepTables(results: readonly StepResult[]): string {
  return [
    'CPU time of a step in ms (times that of nse)',
    '',
    table(results, ({ ms }) => ms),
    '',
    'memory in MiB (times that of nse)',
    '',
    table(results, ({ mib }) => mib),
  ].join('\n');
}

function table(results: readonly StepResult[], of: (result: StepResult) => number): string {
  const pools = [...new Set(results.map(({ pool }) => pool))];
  const methods = [...new Set(results.map(({ method }) => method))];
  const find = (method: string, pool: number) =>
    results.find((result) => result.method === method && result.pool === pool);
  const cell = (method: string, pool: number): string => {
    const [own, nse] = [find(method, pool), find('nse', pool)];
    if (own === undefined) return '';
    const ratio = nse === undefined ? '' : ` (${(of(own) / of(nse)).toFixed(1)})`;
    return `${of(own).toFixed(0)}${ratio}`;
  };
  const rows = [
    ['method', ...pools.map((pool) => `${pool} operations`)],
    ...methods.map((method) => [method, ...pools.map((pool) => cell(method, pool))]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [header = [], ...body] = rows.map(line);
  return [header, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n');
}
