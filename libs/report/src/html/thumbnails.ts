import { type Fate, FATES, spaceAfter, spaceCounts } from '../evolution.js';
import type { Report } from '../report.js';
import { html, type Markup } from './markup.js';

const CELL = { width: 6, height: 7, gap: 1 };

/** The space after every round as a small picture, which is also the button that shows it large. */
export function spaceThumbnails({ rounds, pool }: Report): Markup {
  const buttons = rounds.map((round, index) => {
    const { tried, kept, dropped } = spaceCounts(round);
    const current = index === rounds.length - 1;
    return html`<button
      type="button"
      class="thumbnail"
      data-round="${index}"
      aria-pressed="${String(current)}"
    >
      <span class="thumbnail-title">Round ${round.round}</span>
      ${picture(spaceAfter(rounds.slice(0, index + 1), pool.operations.length).map((cell) => cell.map(({ fate }) => fate)))}
      <span class="thumbnail-counts">${tried} tried, ${kept} kept, ${dropped} dropped</span>
    </button>`;
  });
  return html`<div class="thumbnails" role="group" aria-label="Round to show">${buttons}</div>`;
}

/** Rows are cells, columns operations; all squares of one fate are one path, to keep the page small. */
function picture(fates: readonly (readonly Fate[])[]): Markup {
  const width = (fates[0]?.length ?? 0) * CELL.width;
  const height = fates.length * CELL.height;
  // What was not tried is the background: most squares, at first.
  const paths = FATES.filter((fate) => fate !== 'untried').map((fate) => {
    const squares = fates.flatMap((cell, row) =>
      cell.flatMap((one, column) => (one === fate ? [`M${column * CELL.width} ${row * CELL.height}`] : [])),
    );
    const [across, down] = [CELL.width - CELL.gap, CELL.height - CELL.gap];
    const path = squares.map((start) => `${start}h${across}v${down}h-${across}z`).join('');
    return html`<path class="fate-${fate}" d="${path}" />`;
  });
  return html`<svg viewBox="0 0 ${width} ${height}" aria-hidden="true" preserveAspectRatio="none">
    ${paths}
  </svg>`;
}
