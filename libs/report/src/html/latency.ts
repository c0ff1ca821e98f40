import { hasLatencies } from '../charts/latency.js';
import { costText } from '../format.js';
import { latencyLines, measuredText } from '../latency.js';
import type { LatencyReport, Report } from '../report.js';
import { chart } from './chart.js';
import { html, type Markup } from './markup.js';
import { dataTable } from './table.js';

/** What the table predicts and what the device takes; nothing without a latency budget. */
export function latencies(report: Report): Markup {
  const { latency } = report;
  if (latency === undefined) return html``;
  const { device, measured, trust } = latency;
  return html`<section aria-labelledby="latency">
    <h2 id="latency">Latency${device === '' ? ' by the table' : ` on ${device}`}</h2>
    ${latencyLines(report).map((line) => html`<p>${line}</p>`)}
    ${hasLatencies(latency) ? chart('latency', 'What the table predicts against what was measured.') : ''}
    ${measured.length === 0 ? '' : measuredTable(latency)}
    ${trust?.pairs === undefined ? '' : judgedTable(trust.pairs)}
  </section>`;
}

function measuredTable({ measured, chosen, random }: LatencyReport): Markup {
  const roles = [
    { code: chosen.code, text: html` <strong class="chosen">chosen</strong>` },
    { code: random?.code, text: html` <strong>random</strong>` },
  ];
  const rows = measured.map((figures) => [
    costText(figures.predictedMs, 'ms'),
    measuredText(figures),
    String(figures.runs ?? ''),
    html`<code>${figures.code}</code
      >${roles.flatMap(({ code, text }) => (code === figures.code ? text : []))}`,
  ]);
  const columns = [
    ...['Predicted', 'Measured (95 % interval)', 'Runs'].map((title) => ({ title, number: true })),
    { title: 'Architecture' },
  ];
  return dataTable('What was measured on the device before the choice', columns, rows);
}

function judgedTable(pairs: readonly (readonly [number, number])[]): Markup {
  const rows = pairs.map(([predicted, measured]) => [
    costText(predicted, 'ms'),
    costText(measured, 'ms'),
    `${((100 * (predicted - measured)) / measured).toFixed(1)} %`,
  ]);
  const columns = ['Predicted', 'Measured', 'Off by'].map((title) => ({ title, number: true }));
  return html`<details>
    <summary>The random architectures that the table was judged by</summary>
    ${dataTable('Predicted and measured of random architectures', columns, rows)}
  </details>`;
}
