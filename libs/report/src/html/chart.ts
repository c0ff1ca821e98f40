import { html, type Markup } from './markup.js';

/** The place of a chart, which the page's script fills. Its data also stands beside it as a table, for whom it is no help. */
export function chart(id: string, label: string): Markup {
  return html`<div class="chart chart-${id}" data-chart="${id}" role="img" aria-label="${label}">
    <noscript>This chart needs scripts; its data stands below as a table.</noscript>
  </div>`;
}
