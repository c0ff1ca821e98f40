import { spaceCounts } from '../evolution.js';
import {
  amountText,
  bytesText,
  costText,
  countText,
  durationText,
  percentText,
  pointsText,
} from '../format.js';
import type { Report, RoundReport } from '../report.js';
import { latencyLines, measuredText } from '../latency.js';
import { lossChart } from './curve-chart.js';
import { architectureDrawing } from './drawing.js';
import { frontsChart } from './front-chart.js';
import { block, colorsOf, printable, type TerminalStyle } from './style.js';
import { table, wrapped } from './table.js';

const LEAST_TEXT_COLUMNS = 20;

/**
 * What a search came to: the front of every round, the chosen architecture cell by cell, and its test accuracy beside
 * that of a random architecture of the same cost, and what it took.
 */
export function finalSummary(report: Report, style: TerminalStyle): string {
  const { chosen, constraint, random, retrain, rounds } = report;
  const sections: [string, string][] = [
    [
      rounds.length === 1 ? 'The front' : 'The fronts, round by round',
      frontsChart(rounds, constraint, chosen, style),
    ],
    ['', frontsTable(report, style)],
    ['The chosen architecture', architectureDrawing(chosen, report, style)],
    ['', wrapped(`Code: ${printable(chosen.code, style)}`, '.', style.width)],
    [
      random === null ? 'Trained from scratch' : 'Trained from scratch, beside a random one',
      comparison(report, style),
    ],
    ...latencySection(report, style),
    ['', lossChart({ chosen: retrain.curve, ...(random === null ? {} : { random: random.curve }) }, style)],
    ['What it took', costs(report, style)],
  ];
  const { bold } = colorsOf(style);
  const lines = sections.flatMap(([title, body]) => [
    ...(title === '' ? [] : [bold(title)]),
    ...body.split('\n'),
    '',
  ]);
  const notes = report.notes.map((note) => printable(note, style));
  return block([bold(printable(headline(report), style)), ...notes, '', ...lines], style).trimEnd();
}

function headline({ name, method, rounds, pool, seed }: Report): string {
  return `${name}: ${method} over ${amountText(rounds.length, 'round')}, pool ${pool.name}, seed ${seed}`;
}

function frontsTable({ rounds, constraint }: Report, style: TerminalStyle): string {
  const rows = rounds.map((round) => {
    const { tried, kept, dropped } = spaceCounts(round);
    return [
      String(round.round),
      String(round.scored),
      `${tried}/${kept}/${dropped}`,
      pointsOf(round, constraint.unit),
    ];
  });
  const titles = ['round', 'scored', 'tried/kept/dropped', 'front'];
  const taken = titles.slice(0, -1).reduce((sum, title) => sum + title.length + 3, 4);
  const room = Math.max(LEAST_TEXT_COLUMNS, style.width - taken);
  return table(
    titles.map((title, index) => ({ title, align: index < 3 ? 'right' : 'left' })),
    rows.map(([round = '', scored = '', counts = '', front = '']) => [
      round,
      scored,
      counts,
      wrapped(front, ', ', room),
    ]),
    style,
  );
}

function pointsOf({ front }: RoundReport, unit: Report['constraint']['unit']): string {
  return front
    .map(
      ({ macs, latencyMs, accuracy }) => `${costText(latencyMs ?? macs, unit)} ${percentText(accuracy, 1)}`,
    )
    .join(', ');
}

function latencySection(report: Report, style: TerminalStyle): [string, string][] {
  const lines = latencyLines(report).map((line) => wrapped(printable(line, style), ' ', style.width));
  return lines.length === 0 ? [] : [['Latency', lines.join('\n')]];
}

function comparison(report: Report, style: TerminalStyle): string {
  const { chosen, random, retrain, latency } = report;
  const rows = [
    ['MACs', countText(chosen.macs), random === null ? '' : countText(random.macs)],
    ...(report.scaled === undefined
      ? []
      : [['width scale', String(report.scaled.scale), String(report.scaled.scale)]]),
    ['parameters', countText(chosen.params), random === null ? '' : countText(random.params)],
    ...(latency === undefined ? [] : latencyRows(latency)),
    ['in the supernet', percentText(chosen.accuracy), percentText(random?.accuracy)],
    ['test accuracy', percentText(retrain.testAccuracy), percentText(random?.testAccuracy)],
  ];
  const titles = random === null ? ['', 'chosen'] : ['', 'chosen', 'random'];
  const made = table(
    titles.map((title, index) => ({ title, align: index === 0 ? 'left' : 'right' })),
    rows.map((row) => row.slice(0, titles.length)),
    style,
  );
  if (random === null) return made;
  const ahead = retrain.testAccuracy - random.testAccuracy;
  const verdict = `${pointsText(Math.abs(ahead))} ${ahead < 0 ? 'behind' : 'ahead of'}`;
  return `${made}\nOn the test images the chosen one is ${verdict} the random one.`;
}

function latencyRows({ chosen, random }: NonNullable<Report['latency']>): string[][] {
  const predicted = random === null ? '' : costText(random.predictedMs, 'ms');
  return [
    ['predicted', costText(chosen.predictedMs, 'ms'), predicted],
    ['measured', measuredText(chosen), measuredText(random)],
  ];
}

function costs({ seconds, host }: Report, style: TerminalStyle): string {
  const stages = Object.entries(seconds.byStage).map(([stage, time]) => `${stage} ${durationText(time)}`);
  const names = stages.map((stage) => printable(stage, style));
  const memory =
    host.peakMemoryBytes === undefined ? '' : `, at most ${bytesText(host.peakMemoryBytes)} of memory`;
  const total = `${durationText(seconds.total)} in all on ${host.cores} cores${memory}`;
  return [total, wrapped(names.join(', '), ', ', style.width)].join('\n');
}
