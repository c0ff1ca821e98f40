import type { Report } from '../report.js';
import { curves, making, space, times } from './course.js';
import { latencies } from './latency.js';
import { html, type Markup } from './markup.js';
import { architecture, figures, fronts, header } from './outcome.js';

/** The body of the page, from the outcome to how it was made. `spec` is YAML. */
export function sections(report: Report, spec: string): Markup {
  return html`${header(report)}
    <main>
      ${figures(report)} ${fronts(report)} ${architecture(report)} ${latencies(report)} ${space(report)}
      ${curves(report)} ${times(report)} ${making(report, spec)}
    </main>`;
}
