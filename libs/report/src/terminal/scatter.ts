import { block, clipped, colorsOf, padded, symbolsOf, type TerminalStyle } from './style.js';

export interface ScatterSeries {
  /** One column wide. */
  readonly mark: string;
  readonly paint?: (text: string) => string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface ScatterAxes {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
  /** Vertical lines behind the points. */
  readonly guides?: readonly number[];
  /** Rows of the plot itself. */
  readonly rows: number;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

const LEAST_COLUMNS = 10;

/** Points as text, later series over earlier ones. Series without finite points leave an empty plot. */
export function scatterChart(
  series: readonly ScatterSeries[],
  axes: ScatterAxes,
  style: TerminalStyle,
): string {
  const points = series
    .flatMap((one) => one.points)
    .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const xRange = rangeOf([...points.map(({ x }) => x), ...(axes.guides ?? [])]);
  const yRange = rangeOf(points.map(({ y }) => y));
  const labels = rowLabels(yRange, axes);
  const gutter = Math.max(...labels.map((label) => label.length)) + 1;
  const columns = style.width - gutter - 2;
  if (columns < LEAST_COLUMNS) return block(['(the terminal is too narrow for a chart)'], style);
  const grid = gridOf(series, { xRange, yRange, columns, axes }, style);
  const { tick, vertical } = symbolsOf(style);
  const rows = grid.map((cells, row) => {
    const label = labels[row] ?? '';
    return `${label.padStart(gutter)} ${label === '' ? vertical : tick}${cells.join('')}`;
  });
  return block([axes.yLabel, ...rows, ...xAxis(xRange, columns, gutter, axes, style)], style);
}

interface Plot {
  readonly xRange: Range;
  readonly yRange: Range;
  readonly columns: number;
  readonly axes: ScatterAxes;
}

function gridOf(series: readonly ScatterSeries[], plot: Plot, style: TerminalStyle): string[][] {
  const { xRange, yRange, columns, axes } = plot;
  const grid = Array.from({ length: axes.rows }, () => Array.from({ length: columns }, () => ' '));
  const put = (row: number, column: number, text: string) => {
    const cells = grid[row];
    if (cells !== undefined) cells[column] = text;
  };
  const guide = colorsOf(style).dim(symbolsOf(style).band);
  for (const x of axes.guides ?? []) {
    for (let row = 0; row < axes.rows; row++) put(row, place(x, xRange, columns), guide);
  }
  for (const { mark, points, paint = (text: string) => text } of series) {
    for (const { x, y } of points) {
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      put(axes.rows - 1 - place(y, yRange, axes.rows), place(x, xRange, columns), paint(mark));
    }
  }
  return grid;
}

/** A range with a little room around the values, never empty. */
function rangeOf(values: readonly number[]): Range {
  const finite = values.filter((value) => Number.isFinite(value));
  const [least, most] = finite.length === 0 ? [0, 1] : [Math.min(...finite), Math.max(...finite)];
  const room = (most - least) * 0.04 || Math.abs(most) * 0.05 || 1;
  return { from: least - room, to: most + room };
}

/** The slot of `slots` that a value falls into. */
function place(value: number, { from, to }: Range, slots: number): number {
  return Math.min(slots - 1, Math.max(0, Math.floor(((value - from) / (to - from)) * slots)));
}

/** A text for every fourth row, from the top; empty in between. */
function rowLabels({ from, to }: Range, { rows, yText }: ScatterAxes): string[] {
  return Array.from({ length: rows }, (_, row) =>
    row % 4 === 0 ? yText(to - ((row + 0.5) / rows) * (to - from)) : '',
  );
}

function xAxis(
  range: Range,
  columns: number,
  gutter: number,
  axes: ScatterAxes,
  style: TerminalStyle,
): string[] {
  const { corner, horizontal, tickBelow } = symbolsOf(style);
  const longest = Math.max(axes.xText(range.from).length, axes.xText(range.to).length);
  const every = Math.max(longest + 4, Math.ceil(columns / 5));
  let line = '';
  let texts = '';
  for (let column = 0; column < columns; column++) {
    const ticked = column % every === 0 && column + longest <= columns;
    line += ticked ? tickBelow : horizontal;
    if (!ticked) continue;
    const value = range.from + ((column + 0.5) / columns) * (range.to - range.from);
    texts = padded(texts, column) + axes.xText(value);
  }
  const indent = ' '.repeat(gutter + 1);
  const label = clipped(axes.xLabel, columns);
  return [`${indent}${corner}${line}`, `${indent} ${texts}`, `${indent} ${padded(label, columns, 'left')}`];
}
