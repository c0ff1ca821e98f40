import { retrainCurves, supernetCurves } from '../charts/curves.js';
import { spaceCounts } from '../evolution.js';
import { bytesText } from '../format.js';
import type { Report } from '../report.js';
import { chart } from './chart.js';
import { html, type Markup } from './markup.js';
import { dataTable } from './table.js';
import { curvesTable, spaceTable, timesTable } from './tables.js';
import { spaceThumbnails } from './thumbnails.js';

/** How the space went from round to round. */
export function space(report: Report): Markup {
  const rows = report.rounds.map((round) => {
    const { tried, kept, dropped, pruned } = spaceCounts(round);
    return [round.round, tried, kept, dropped, pruned].map(String);
  });
  const columns = ['Round', 'Tried', 'Kept', 'Dropped', 'Of these pruned'].map((title) => ({
    title,
    number: true,
  }));
  const one = report.rounds.length === 1;
  const title = one ? 'What the front uses of the space' : 'How the space evolved';
  const hint = one ? '' : ' Choose a round to see it large.';
  return html`<section aria-labelledby="space">
    <h2 id="space">${title}</h2>
    <p>Rows are the cells of the network, columns the operations of the pool.${hint}</p>
    ${spaceThumbnails(report)}
    <div class="scroll" tabindex="0" role="region" aria-label="Heat map of cells by operations">
      ${chart('space', 'Heat map of cells by operations after the round that is chosen above.')}
    </div>
    ${dataTable('Operations over all cells, by round', columns, rows)}
    <details>
      <summary>Every round as a table</summary>
      ${report.rounds.map((_, index) => spaceTable(report, index))}
    </details>
  </section>`;
}

/** How the trainings went. */
export function curves(report: Report): Markup {
  const title =
    report.random === null
      ? 'Training the chosen one from scratch'
      : 'Training from scratch, chosen beside random';
  return html`<section aria-labelledby="curves">
    <h2 id="curves">Training curves</h2>
    <div class="pair">
      <figure>
        <figcaption>Supernet, by round</figcaption>
        ${chart('supernet', 'Loss of the supernet by step, one curve for each round.')}
      </figure>
      <figure>
        <figcaption>${title}</figcaption>
        ${chart('retrain', 'Loss by step of the training from scratch.')}
      </figure>
    </div>
    <details>
      <summary>The same in numbers</summary>
      ${curvesTable([...supernetCurves(report), ...retrainCurves(report)])}
    </details>
  </section>`;
}

/** Where the time went, and on what machine. */
export function times(report: Report): Markup {
  const { host } = report;
  const memory = host.peakMemoryBytes === undefined ? '' : `, ${bytesText(host.peakMemoryBytes)} at most`;
  const gpu = host.gpu === undefined ? '' : `, ${host.gpu}`;
  return html`<section aria-labelledby="times">
    <h2 id="times">Time by stage</h2>
    <p>
      ${host.platform}, ${host.cores} cores, ${host.threads} threads, ${bytesText(host.memoryBytes)} of
      memory${memory}; ${host.backend}${gpu}.
    </p>
    ${timesTable(report)}
  </section>`;
}

/** Data, commands, spec and versions: what it takes to do it again. `spec` is YAML. */
export function making({ dataset, commands, versions }: Report, spec: string): Markup {
  const count = (images: number) => images.toLocaleString('en');
  const { classes, imageSize: size, channels } = dataset;
  return html`<section aria-labelledby="making">
    <h2 id="making">How it was made</h2>
    <p>
      ${dataset.kind}: ${classes.length} classes, ${size} x ${size} pixels,
      ${channels === 1 ? 'grey' : 'colour'}. ${count(dataset.train)} images for weights,
      ${count(dataset.heldOut)} held out for fitness and scores, ${count(dataset.test)} for the test. Split:
      ${dataset.split}.
    </p>
    <pre><code>${commands.join('\n')}</code></pre>
    <details open>
      <summary>The spec</summary>
      <pre><code>${spec}</code></pre>
    </details>
    <p class="versions">
      ${Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}
    </p>
  </section>`;
}
