import { trainedNetwork } from '../architecture.js';
import type { Curve } from '../charts/curves.js';
import { inherited } from '../evolution.js';
import { costText, countText, durationText, percentText } from '../format.js';
import { measuredText } from '../latency.js';
import type { ArchitectureReport, LatencyReport, Report } from '../report.js';
import { html, type Markup } from './markup.js';
import { dataTable } from './table.js';

/** The front after a round: cost, accuracy, since which round it is on the front, code. */
export function frontTable({ rounds, constraint, chosen }: Report, index: number): Markup {
  const latency = constraint.unit === 'ms';
  const round = rounds[index];
  const rows = (round?.front ?? []).map(({ code, macs, latencyMs, accuracy }) => [
    ...(latency ? [costText(latencyMs ?? 0, 'ms')] : []),
    countText(macs),
    percentText(accuracy),
    String(rounds[sinceRound(rounds, index, code)]?.round ?? ''),
    html`<code>${code}</code>${code === chosen.code ? html` <strong class="chosen">chosen</strong>` : ''}`,
  ]);
  const columns = [
    ...(latency ? [{ title: 'Latency by the table', number: true }] : []),
    { title: 'MACs', number: true },
    { title: 'Accuracy', number: true },
    { title: 'Since round', number: true },
    { title: 'Architecture' },
  ];
  return dataTable(`The front after round ${round?.round ?? 0}`, columns, rows);
}

function sinceRound(rounds: Report['rounds'], index: number, code: string): number {
  let since = index;
  while (since > 0 && inherited(rounds, since).has(code)) since--;
  return since;
}

/** The architecture as text: one row a cell. */
export function cellTable(architecture: ArchitectureReport, report: Report): Markup {
  const { pool } = report;
  const network = trainedNetwork(report);
  const change = (from: number, to: number) => (from === to ? String(to) : `${from} → ${to}`);
  const { stem, tail } = network;
  const cells = network.cells.map((cell, index) => {
    const { operations, macs, params } = architecture.cells[index] ?? { operations: [], macs: 0, params: 0 };
    const names = operations.map((operation) => pool.operations[operation] ?? `operation ${operation}`);
    const branches = cell.identity ? [...names, 'identity'] : names;
    const shape = [change(cell.inChannels, cell.outChannels), change(cell.sizeIn, cell.sizeOut)];
    return [`${index} ${cell.kind}`, branches.join(' + '), ...shape, countText(macs), countText(params)];
  });
  const stemText = `3x3 convolution, stride ${stem.stride}`;
  return dataTable(
    'The architecture, cell by cell: the output of a cell is the mean of its branches',
    [
      { title: 'Cell' },
      { title: 'Branches' },
      { title: 'Channels', number: true },
      { title: 'Size (px)', number: true },
      { title: 'MACs', number: true },
      { title: 'Parameters', number: true },
    ],
    [
      [
        'stem',
        stemText,
        String(stem.channels),
        String(stem.sizeOut),
        countText(stem.macs),
        countText(stem.params),
      ],
      ...cells,
      [
        'tail',
        '1x1 convolution, average pool, linear',
        String(tail.channels),
        '1',
        countText(tail.macs),
        countText(tail.params),
      ],
    ],
  );
}

/** The chosen architecture and the random one side by side. */
export function comparisonTable({ chosen, retrain, random, latency }: Report): Markup {
  const rows: [string, string, string][] = [
    [
      'Test accuracy after training from scratch',
      percentText(retrain.testAccuracy),
      percentText(random?.testAccuracy),
    ],
    ['Accuracy in the last supernet', percentText(chosen.accuracy), percentText(random?.accuracy)],
    ...(latency === undefined ? [] : latencyRows(latency)),
    ['MACs of one image', countText(chosen.macs), random === null ? '-' : countText(random.macs)],
    ['Parameters', countText(chosen.params), random === null ? '-' : countText(random.params)],
  ];
  const columns = [{ title: '' }, { title: 'Chosen', number: true }, { title: 'Random', number: true }];
  const shown = random === null ? 2 : 3;
  return dataTable(
    'The chosen architecture, and a random one of the same cost',
    columns.slice(0, shown),
    rows.map((row) => row.slice(0, shown)),
  );
}

function latencyRows({ chosen, random }: LatencyReport): [string, string, string][] {
  const predicted = random === null ? '-' : costText(random.predictedMs, 'ms');
  return [
    ['Latency by the table', costText(chosen.predictedMs, 'ms'), predicted],
    ['Latency measured', measuredText(chosen), measuredText(random)],
  ];
}

/** Where the time went: a row for each stage, a column for each round, the sum and its share. */
export function timesTable({ seconds, rounds }: Report): Markup {
  const time = (value: number | undefined) => (value === undefined ? '' : durationText(value));
  const rows = Object.entries(seconds.byStage).map(([stage, sum]) => [
    stage,
    ...rounds.map((_, index) => time(seconds.rounds[index]?.[stage])),
    time(sum),
    shareBar(sum / seconds.total),
  ]);
  const columns = [
    { title: 'Stage' },
    ...rounds.map(({ round }) => ({ title: `Round ${round}`, number: true })),
    { title: 'All', number: true },
    { title: 'Share' },
  ];
  const total = ['total', ...rounds.map(() => ''), durationText(seconds.total), ''];
  return dataTable('By stage and round', columns, [...rows, total]);
}

function shareBar(share: number): Markup {
  const width = 120 * Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  return html`<svg
    class="share"
    viewBox="0 0 120 20"
    role="img"
    aria-label="${Math.round((width / 120) * 100)} %"
  >
    <rect class="bar-back" x="0" y="6" width="120" height="8" rx="4" />
    <rect class="bar" x="0" y="6" width="${width.toFixed(1)}" height="8" rx="4" />
  </svg>`;
}

/** The space after a round as text: a row for each cell, operations by index. */
export function spaceTable({ rounds, network }: Report, index: number): Markup {
  const space = rounds[index]?.space;
  const list = (set: readonly number[] | undefined) => (set ?? []).join(', ');
  const rows = network.cells.map(({ kind }, cell) => [
    `${cell} ${kind}`,
    list(space?.tried[cell]),
    list(space?.kept[cell]),
    list(space?.dropped[cell]),
    list(space?.pruned[cell]),
  ]);
  const columns = ['Cell', 'Tried first', 'Kept', 'Dropped', 'Of these pruned'].map((title) => ({ title }));
  return dataTable(`The space in round ${rounds[index]?.round ?? 0}, operations by index`, columns, rows);
}

/** What the curves come to: steps, and the loss at the start and at the end. */
export function curvesTable(curves: readonly Curve[]): Markup {
  const loss = (value: number | null | undefined) => value?.toFixed(3) ?? 'not finite';
  const rows = curves.map(({ name, points }) => [
    name,
    String(points.at(-1)?.step ?? 0),
    loss(points[0]?.loss),
    loss(points.at(-1)?.loss),
  ]);
  const columns = [
    { title: 'Training' },
    ...['Steps', 'First loss', 'Last loss'].map((title) => ({ title, number: true })),
  ];
  return dataTable('The curves in numbers', columns, rows);
}
