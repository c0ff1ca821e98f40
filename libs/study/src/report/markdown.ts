import type { StudyReport } from './report.js';
import type { Table } from './table.js';
import { tablesOf } from './tables.js';

/** report.md of a study: its tables. */
export function studyMarkdown(report: StudyReport): string {
  const { name, about, planned, done, budget, axes, made } = report;
  const scored =
    budget.architectures === null ? 'as the spec says' : `${budget.architectures} over all rounds`;
  return [
    `# Study ${name}\n`,
    ...(about === null ? [] : [`${about.trim()}\n`]),
    `${done} of ${planned} runs are over. Every run trains shared weights for ${budget.steps} steps; architectures scored: ${scored}.`,
    `Methods: ${axes.methods.join(', ')}. Pools of ${axes.poolSizes.join(', ')} operations. Seeds: ${axes.seeds.join(', ')}.\n`,
    `Made by \`${made.command}\`.\n`,
    ...tablesOf(report).map(tableText),
  ].join('\n');
}

function tableText({ title, note, columns, texts, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const rule = `| ${columns.map((_, index) => (index < texts ? '---' : '---:')).join(' | ')} |`;
  return [
    `## ${title}\n`,
    ...(note === '' ? [] : [`${note}\n`]),
    line(columns),
    rule,
    ...rows.map(line),
    '',
  ].join('\n');
}

/** Text that stays within its cell. */
const escaped = (text: string) =>
  text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
