import { type Measure } from './measure.js';
import { type Result, type Standing } from './results.js';

const TITLES: Readonly<Record<Measure, string>> = {
  weights: 'weight step',
  fitness: 'fitness step',
  score: 'score one architecture',
};

const HEADER = ['measure', 'contestant', 'ms', 'half within', 'times ours', 'half within', 'goal'];

/** The results of one shape as a text table (valid Markdown). */
export function table(results: readonly Result[]): string {
  const rows = results.flatMap(({ measure, standings }) =>
    standings.map((standing, place) => [place === 0 ? TITLES[measure] : '', ...cells(standing)]),
  );
  const widths = HEADER.map((_title, column) =>
    Math.max(...[HEADER, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(HEADER), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function cells({ contestant, ms, ratio, goal, met }: Standing): string[] {
  const between = (lower: number, upper: number, digits: number) =>
    `${lower.toFixed(digits)}-${upper.toFixed(digits)}`;
  return [
    contestant,
    ms.median.toFixed(1),
    between(ms.lower, ms.upper, 1),
    ratio === undefined ? '' : `${ratio.median.toFixed(2)}x`,
    ratio === undefined ? '' : between(ratio.lower, ratio.upper, 2),
    goal === undefined ? '' : `${goal}x ${met === true ? 'met' : 'MISSED'}`,
  ];
}
