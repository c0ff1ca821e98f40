import {
  amountText,
  bandText,
  costText,
  countText,
  durationText,
  percentText,
  pointsText,
} from '../format.js';
import { METHODS } from '../method.js';
import { scalingText } from '../outcome.js';
import type { Report } from '../report.js';
import { chart } from './chart.js';
import { architectureDiagram } from './diagram.js';
import { html, type Markup } from './markup.js';
import { cellTable, comparisonTable, frontTable } from './tables.js';

/** What was searched, and what a reader must know of the run. */
export function header({ name, method, rounds, pool, dataset, seed, startedAt, notes }: Report): Markup {
  return html`<header>
    <h1>${name}</h1>
    <p>
      ${METHODS[method]}, ${amountText(rounds.length, 'round')} over the ${pool.operations.length} operations
      of ${pool.name}, on ${dataset.kind}. Seed ${seed}, started
      <time datetime="${startedAt}">${startedAt.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')}</time>.
    </p>
    ${notes.map((note) => html`<p class="note">${note}</p>`)}
  </header>`;
}

/** The outcome in a few numbers. */
export function figures(report: Report): Markup {
  const { chosen, retrain, random, constraint, rounds, seconds, latency } = report;
  const scored = rounds.reduce((sum, round) => sum + round.scored, 0);
  const figure = (title: string, value: string, more: string) =>
    html`<div class="figure">
      <dt>${title}</dt>
      <dd><span class="value">${value}</span><span class="more">${more}</span></dd>
    </div>`;
  const ahead = random === null ? 0 : retrain.testAccuracy - random.testAccuracy;
  const beside = `${pointsText(Math.abs(ahead))} ${ahead < 0 ? 'behind' : 'ahead of'} a random architecture`;
  const target = `target ${bandText(constraint)}`;
  const measured = latency?.chosen.measuredMs;
  const predicted = costText(chosen.latencyMs ?? 0, 'ms');
  return html`<dl class="figures">
    ${figure('Test accuracy', percentText(retrain.testAccuracy), random === null ? 'after training from scratch' : beside)}
    ${figure('MACs', countText(chosen.macs), scalingText(report) ?? (constraint.unit === 'macs' ? target : ''))}
    ${constraint.unit === 'ms' && measured === undefined ? figure('Latency', predicted, `by the table; ${target}`) : ''}
    ${measured === undefined ? '' : figure('Latency', costText(measured, 'ms'), `measured; predicted ${predicted}, ${target}`)}
    ${figure('Parameters', countText(chosen.params), '')}
    ${figure('Architectures scored', String(scored), `in ${amountText(rounds.length, 'round')}`)}
    ${figure('Time', durationText(seconds.total), '')}
  </dl>`;
}

const frontsByRound = html`<p>
  Every point is an architecture that no other one of its round beats in both cost and accuracy. Filled: found
  in that round. Hollow: inherited from the front before. Accuracies are those in each round's own supernet,
  before training from scratch.
</p>`;

const oneFront = html`<p>
  Every point on the line is an architecture that no other one beats in both cost and accuracy. Accuracies are
  those in the supernet, before training from scratch.
</p>`;

/** The fronts of all rounds, as chart and tables. */
export function fronts(report: Report): Markup {
  const earlier = report.rounds.slice(0, -1).map((_, index) => frontTable(report, index));
  return html`<section aria-labelledby="fronts">
    <h2 id="fronts">${report.rounds.length === 1 ? 'The front' : 'Fronts by round'}</h2>
    ${report.rounds.length === 1 ? oneFront : frontsByRound}
    ${chart('fronts', 'Pareto fronts by round: cost against accuracy on held-out images. The tables below hold the same data.')}
    ${frontTable(report, report.rounds.length - 1)}
    ${
      earlier.length === 0
        ? ''
        : html`<details>
            <summary>Fronts of the earlier rounds</summary>
            ${earlier}
          </details>`
    }
  </section>`;
}

/** The chosen architecture, drawn, and beside a random one. */
export function architecture(report: Report): Markup {
  const { chosen, random } = report;
  return html`<section aria-labelledby="architecture">
    <h2 id="architecture">The chosen architecture</h2>
    <p><code>${chosen.code}</code></p>
    <div class="scroll" tabindex="0" role="region" aria-label="Drawing of the chosen architecture">
      ${architectureDiagram(chosen, report)}
    </div>
    <details>
      <summary>The same as a table</summary>
      ${cellTable(chosen, report)}
    </details>
    ${comparisonTable(report)}
    ${
      random === null
        ? ''
        : html`<details>
            <summary>The random architecture, cell by cell</summary>
            <p><code>${random.code}</code></p>
            <div class="scroll" tabindex="0" role="region" aria-label="Drawing of the random architecture">
              ${architectureDiagram(random, report)}
            </div>
          </details>`
    }
  </section>`;
}
