import { trainedNetwork } from '../architecture.js';
import { countText } from '../format.js';
import type { ArchitectureReport, CellReport, NetworkReport, Report } from '../report.js';
import { html, type Markup } from './markup.js';

const LABEL_WIDTH = 76;
const BOX = { width: 104, height: 40, gap: 12 };
const ROW_HEIGHT = 92;
const END_HEIGHT = 64;
const FACTS_WIDTH = 270;
const BAR_WIDTH = 120;
const LEAST_BRANCHES = 5;

interface Frame {
  /** Where the trunk runs, and how wide the picture is. */
  readonly centre: number;
  readonly factsAt: number;
  readonly width: number;
  readonly mostMacs: number;
}

/**
 * The architecture as a drawing: stem, cells with their branches side by side, tail; channels, sizes, MACs and parameters to
 * the right. Colours are the page's variables. The same facts stand in `cellTable` as text.
 */
export function architectureDiagram(architecture: ArchitectureReport, report: Report): Markup {
  const { pool } = report;
  const network = trainedNetwork(report);
  const most = Math.max(
    LEAST_BRANCHES,
    ...architecture.cells.map((cell, i) => branchCount(cell.operations, network.cells[i])),
  );
  const branchesWidth = most * (BOX.width + BOX.gap);
  const factsAt = LABEL_WIDTH + branchesWidth + 24;
  const frame: Frame = {
    centre: LABEL_WIDTH + branchesWidth / 2,
    factsAt,
    width: factsAt + FACTS_WIDTH,
    mostMacs: Math.max(1, ...architecture.cells.map(({ macs }) => macs)),
  };
  const height = 2 * END_HEIGHT + network.cells.length * ROW_HEIGHT;
  const rows = network.cells.map((cell, index) => {
    const operations = architecture.cells[index]?.operations ?? [];
    const names = operations.map((operation) => pool.operations[operation] ?? `operation ${operation}`);
    const branches = cell.identity ? [...names, 'identity'] : names;
    const costs = architecture.cells[index] ?? { macs: 0, params: 0 };
    return cellRow({ cell, index, branches, costs, y: END_HEIGHT + index * ROW_HEIGHT }, frame);
  });
  return html`<svg
    class="diagram"
    viewBox="0 0 ${frame.width} ${height}"
    width="${frame.width}"
    height="${height}"
    role="img"
    aria-label="The architecture drawn cell by cell; the table below holds the same as text."
  >
    ${stemRow(network, frame)}${rows}${tailRow(network, frame, height - END_HEIGHT)}
  </svg>`;
}

const branchCount = (operations: readonly number[], cell: CellReport | undefined): number =>
  operations.length + (cell?.identity === true ? 1 : 0);

interface Row {
  readonly cell: CellReport;
  readonly index: number;
  readonly branches: readonly string[];
  readonly costs: { readonly macs: number; readonly params: number };
  readonly y: number;
}

function cellRow({ cell, index, branches, costs, y }: Row, frame: Frame): Markup {
  const top = y + (ROW_HEIGHT - BOX.height) / 2;
  const all = branches.length * (BOX.width + BOX.gap) - BOX.gap;
  const boxes = branches.map((name, place) => {
    const x = frame.centre - all / 2 + place * (BOX.width + BOX.gap);
    return html`${connectors(x + BOX.width / 2, top, y, frame)}${box(name, x, top)}`;
  });
  const changed = (from: number, to: number) => (from === to ? String(to) : `${from} → ${to}`);
  const shape = `${changed(cell.inChannels, cell.outChannels)} channels, ${changed(cell.sizeIn, cell.sizeOut)} px`;
  return html`<g
    >${label(`${index}`, cell.kind, y + ROW_HEIGHT / 2)} ${boxes}<circle
      class="joint"
      cx="${frame.centre}"
      cy="${y + ROW_HEIGHT}"
      r="3.5"
    />
    ${facts(shape, costs, y + ROW_HEIGHT / 2, frame)}</g
  > `;
}

/** From the trunk above down into a branch and back to the trunk below, with round corners. */
function connectors(x: number, top: number, y: number, { centre }: Frame): Markup {
  const bottom = top + BOX.height;
  const end = y + ROW_HEIGHT;
  if (Math.abs(x - centre) < 1)
    return html`<path class="wire" d="M${centre} ${y}V${top}M${centre} ${bottom}V${end}" />`;
  const side = Math.sign(x - centre);
  const corner = 8;
  const [split, join] = [y + 10, end - 10];
  const into = `M${centre} ${y}V${split}H${x - side * corner}q${side * corner} 0 ${side * corner} ${corner}V${top}`;
  const out = `M${x} ${bottom}V${join - corner}q0 ${corner} ${-side * corner} ${corner}H${centre}V${end}`;
  return html`<path class="wire" d="${into}${out}" />`;
}

function box(name: string, x: number, y: number): Markup {
  const [kind = '', ...rest] = name.split(' ');
  const middle = x + BOX.width / 2;
  const kindY = y + (rest.length === 0 ? 25 : 17);
  return html`<rect
      class="box box-${kind.toLowerCase()}"
      x="${x}"
      y="${y}"
      width="${BOX.width}"
      height="${BOX.height}"
      rx="6"
    />
    <text class="box-kind" x="${middle}" y="${kindY}">${kind}</text
    ><text class="box-size" x="${middle}" y="${y + 32}">${rest.join(' ')}</text>`;
}

function label(name: string, kind: string, y: number): Markup {
  return html`<text class="cell-name" x="0" y="${y + 5}"
    >${name}<tspan class="cell-kind" dx="8">${kind}</tspan></text
  >`;
}

function facts(shape: string, costs: Row['costs'], y: number, { factsAt, mostMacs }: Frame): Markup {
  const width = (Math.max(0, costs.macs) / mostMacs) * BAR_WIDTH;
  return html`<text class="facts" x="${factsAt}" y="${y - 12}">${shape}</text>
    <rect class="bar-back" x="${factsAt}" y="${y - 4}" width="${BAR_WIDTH}" height="6" rx="3" /><rect
      class="bar"
      x="${factsAt}"
      y="${y - 4}"
      width="${Math.min(BAR_WIDTH, width).toFixed(1)}"
      height="6"
      rx="3"
    />
    <text class="facts" x="${factsAt}" y="${y + 20}"
      ><tspan class="strong">${countText(costs.macs)}</tspan> MACs, ${countText(costs.params)}
      parameters</text
    >`;
}

function stemRow({ stem }: NetworkReport, frame: Frame): Markup {
  const shape = `${stem.channels} channels, ${stem.sizeOut} px`;
  return end('stem', `3x3 convolution, stride ${stem.stride}`, shape, stem, 0, frame);
}

function tailRow({ tail }: NetworkReport, frame: Frame, y: number): Markup {
  const text = `1x1 convolution, average pool, linear`;
  return end('tail', text, `${tail.channels} channels, ${tail.classes} classes`, tail, y, frame);
}

function end(
  name: string,
  text: string,
  shape: string,
  costs: Row['costs'],
  y: number,
  frame: Frame,
): Markup {
  const width = 300;
  const [top, height] = [y + 14, 36];
  const wire =
    name === 'stem' ? `M${frame.centre} ${top + height}V${y + END_HEIGHT}` : `M${frame.centre} ${y}V${top}`;
  return html`<g
    ><path class="wire" d="${wire}" />
    <rect
      class="box box-end"
      x="${frame.centre - width / 2}"
      y="${top}"
      width="${width}"
      height="${height}"
      rx="18"
    />
    <text class="box-kind" x="${frame.centre}" y="${top + 23}">${text}</text>
    <text class="cell-name" x="0" y="${top + 23}">${name}</text>
    <text class="facts" x="${frame.factsAt}" y="${top + 14}">${shape}</text>
    <text class="facts" x="${frame.factsAt}" y="${top + 32}"
      ><tspan class="strong">${countText(costs.macs)}</tspan> MACs, ${countText(costs.params)}
      parameters</text
    ></g
  > `;
}
