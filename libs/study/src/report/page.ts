import { chart, dataTable, durationText, html, htmlPage, type Markup } from '@nse/report';
import {
  bySizeOption,
  type ChartOption,
  frontsOption,
  rankOption,
  roundsOption,
  variantsOption,
} from './charts.js';
import { seriesColours } from './colours.js';
import type { RunReport, StudyReport } from './report.js';
import type { Table } from './table.js';
import { tablesOf } from './tables.js';

/** A chart of the page. */
interface Chart {
  readonly id: string;
  readonly title: string;
  readonly label: string;
  readonly option: ChartOption;
}

/** report.html of a study: one file that opens offline. Plain reading is left to people: it shows, and says what a figure is. */
export function studyHtml(report: StudyReport): string {
  const charts = chartsOf(report);
  const [main, ...others] = charts;
  const body = html`${header(report)}
    <main>
      ${figures(report)} ${main === undefined ? '' : mainSection(main)}
      <section aria-labelledby="more">
        <h2 id="more">More of it</h2>
        <div class="pair">${others.map(figure)}</div>
      </section>
      ${tablesOf(report).map(tableSection)} ${making(report)}
    </main>`;
  return htmlPage({
    title: `${report.name}: study`,
    body,
    charts: { options: Object.fromEntries(charts.map(({ id, option }) => [id, option])) },
    rounds: roundsOf(report),
    colours: seriesColours,
  });
}

const roundsOf = ({ runs }: StudyReport) =>
  Math.max(1, ...runs.map(({ outcome }) => outcome?.rounds.length ?? 0));

function header({ name, about, axes, budget, planned, done }: StudyReport): Markup {
  return html`<header>
    <h1>${name}</h1>
    ${about === null ? '' : html`<p>${about}</p>`}
    <p>
      ${axes.methods.join(', ')} on pools of ${axes.poolSizes.join(', ')} operations, seeds
      ${axes.seeds.join(', ')}; ${budget.steps} steps of weight training in every run.
    </p>
    ${done < planned ? html`<p class="note">${done} of ${planned} runs are over: more is to come.</p>` : ''}
  </header>`;
}

/** The study in a few numbers. */
function figures({ runs, planned, done }: StudyReport): Markup {
  const one = (title: string, value: string, more: string) =>
    html`<div class="figure">
      <dt>${title}</dt>
      <dd><span class="value">${value}</span><span class="more">${more}</span></dd>
    </div>`;
  const sum = (of: (outcome: NonNullable<RunReport['outcome']>) => number) =>
    runs.reduce((total, { outcome }) => total + (outcome === null ? 0 : of(outcome)), 0);
  const failed = runs.filter(({ outcome }) => outcome === null).length;
  const weak = runs.filter(({ converged }) => !converged).length - failed;
  return html`<dl class="figures">
    ${one('Runs over', String(done), `of ${planned}`)}
    ${one('Failures to converge', String(failed + weak), `${failed} failed, ${weak} no better than chance`)}
    ${one('Architectures scored', String(sum(({ scored }) => scored)), '')}
    ${one('Time of searches', durationText(sum(({ seconds }) => seconds.train + seconds.evaluate)), 'one after another')}
  </dl>`;
}

function chartsOf(report: StudyReport): Chart[] {
  const percent = (of: (outcome: NonNullable<RunReport['outcome']>) => number) => {
    return (outcome: NonNullable<RunReport['outcome']>) => 100 * of(outcome);
  };
  const accuracy = percent(({ testAccuracy }) => testAccuracy);
  const bySize = report.runs.some(({ variant }) => variant === null);
  const hasVariants = report.runs.some(({ variant }) => variant !== null);
  const hasMemory = report.runs.some(({ outcome }) => outcome !== null && outcome.peakMemoryBytes !== null);
  const several = report.runs.filter(({ outcome }) => (outcome?.rounds.length ?? 0) > 1);
  const largest = Math.max(0, ...several.map(({ poolSize }) => poolSize));
  const shown = several.find(({ poolSize }) => poolSize === largest);
  const ranked = report.runs.some(({ outcome }) => outcome !== null && outcome.rank !== null);
  const size = (id: string, title: string, axis: string, of: Parameters<typeof bySizeOption>[2]): Chart => ({
    id,
    title,
    label: `${title}: a line for each method. The tables below hold the same data.`,
    option: bySizeOption(report, axis, of),
  });
  return [
    ...(bySize
      ? [
          size(
            'accuracy',
            'Test accuracy after training from scratch, by pool size',
            'test accuracy (%)',
            accuracy,
          ),
        ]
      : []),
    ...(hasVariants
      ? [
          {
            id: 'variants',
            title: 'Variants: test accuracy after training from scratch',
            label: 'Test accuracy of each variant, a mark for each seed.',
            option: variantsOption(report, 'test accuracy (%)', accuracy),
          },
        ]
      : []),
    ...(bySize
      ? [
          size(
            'time',
            'Time of a search, training and scoring',
            'minutes',
            ({ seconds }) => (seconds.train + seconds.evaluate) / 60,
          ),
          ...(hasMemory
            ? [
                size('memory', 'Most memory that a worker held', 'GiB', ({ peakMemoryBytes }) =>
                  peakMemoryBytes === null ? null : peakMemoryBytes / 2 ** 30,
                ),
              ]
            : []),
          size(
            'hypervolume',
            'Hypervolume of the last front, in its own supernet',
            'share',
            ({ hypervolume }) => hypervolume,
          ),
        ]
      : []),
    ...(several.length === 0
      ? []
      : [
          {
            id: 'rounds',
            title: 'Fronts by round',
            label: 'Fronts by round, a line of means for each kind of run.',
            option: roundsOption(report),
          },
        ]),
    ...(shown === undefined
      ? []
      : [
          {
            id: 'front',
            title: `The fronts of ${shown.run}, each in its round's supernet`,
            label: 'Pareto fronts by round: cost against accuracy.',
            option: frontsOption(shown, report.unit),
          },
        ]),
    ...(ranked
      ? [
          {
            id: 'rank',
            title: 'Score in the supernet and accuracy after training from scratch',
            label: 'Each mark is an architecture: supernet accuracy against test accuracy.',
            option: rankOption(report),
          },
          ...(bySize
            ? [
                size(
                  'tau',
                  'Rank correlation by pool size',
                  "Kendall's tau-b",
                  ({ rank }) => rank?.tau ?? null,
                ),
              ]
            : []),
        ]
      : []),
  ];
}

function mainSection({ id, title, label }: Chart): Markup {
  return html`<section aria-labelledby="section-${id}">
    <h2 id="section-${id}">${title}</h2>
    <div class="main-chart">${chart(id, label)}</div>
  </section>`;
}

function figure({ id, title, label }: Chart): Markup {
  return html`<figure>
    <figcaption>${title}</figcaption>
    ${chart(id, label)}
  </figure>`;
}

function tableSection({ title, note, columns, texts, rows }: Table, index: number): Markup {
  const heads = columns.map((column, place) => ({ title: column, number: place >= texts }));
  return html`<section aria-labelledby="table-${index}">
    <h2 id="table-${index}">${title}</h2>
    ${note === '' ? '' : html`<p>${note}</p>`} ${dataTable(title, heads, rows)}
  </section>`;
}

function making({ made, study }: StudyReport): Markup {
  return html`<section aria-labelledby="making">
    <h2 id="making">How it was made</h2>
    <pre><code>${made.command}</code></pre>
    ${made.host === null ? '' : html`<p>${JSON.stringify(made.host)}</p>`}
    <details>
      <summary>The study</summary>
      <pre><code>${JSON.stringify(study, undefined, 2)}</code></pre>
    </details>
    <p class="versions">
      ${Object.entries(made.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}
    </p>
  </section>`;
}
