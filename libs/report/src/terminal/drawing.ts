import { trainedNetwork } from '../architecture.js';
import { countText } from '../format.js';
import type { ArchitectureReport, CellReport, NetworkReport, Report } from '../report.js';
import { block, colorsOf, columnsOf, padded, printable, symbolsOf, type TerminalStyle } from './style.js';

const CELL_COLUMNS = 6;
const CHANNEL_COLUMNS = 12;
const SIZE_COLUMNS = 10;
const COST_COLUMNS = 10;

interface Row {
  readonly cell?: string;
  readonly tree: string;
  readonly channels?: string;
  readonly size?: string;
  readonly macs?: number;
  readonly params?: number;
}

/**
 * An architecture from the image to the classes, cell by cell: its branches, whose mean is its output, with channels,
 * size of the maps in pixels, MACs of one image and trainable numbers.
 */
export function architectureDrawing(
  architecture: ArchitectureReport,
  report: Pick<Report, 'network' | 'scaled' | 'pool'>,
  style: TerminalStyle,
): string {
  const { pool } = report;
  const network = trainedNetwork(report);
  const { vertical } = symbolsOf(style);
  const names = pool.operations.map((name) => printable(name, style));
  const step: Row = { tree: vertical };
  const rows = [
    ...stemRows(network),
    ...network.cells.flatMap((cell, index) => [step, ...cellRows(cell, index, architecture, names, style)]),
    step,
    ...tailRows(network),
  ];
  return block(layOut(rows, style), style);
}

function stemRows({ stem }: NetworkReport): Row[] {
  const { macs, params } = stem;
  const tree = `3x3 convolution${stem.stride === 1 ? '' : `, stride ${stem.stride}`}`;
  return [{ cell: 'stem', tree, channels: String(stem.channels), size: String(stem.sizeOut), macs, params }];
}

function tailRows({ tail }: NetworkReport): Row[] {
  const { macs, params } = tail;
  return [
    {
      cell: 'tail',
      tree: '1x1 convolution, average pool',
      channels: String(tail.channels),
      size: '1',
      macs,
      params,
    },
    { tree: 'linear classifier', channels: String(tail.classes) },
  ];
}

function cellRows(
  cell: CellReport,
  index: number,
  architecture: ArchitectureReport,
  names: readonly string[],
  style: TerminalStyle,
): Row[] {
  const { arrow } = symbolsOf(style);
  const change = (from: number, to: number) => (from === to ? String(to) : `${from}${arrow}${to}`);
  const chosen = architecture.cells[index];
  const branches = (chosen?.operations ?? []).map(
    (operation) => names[operation] ?? `operation ${operation}`,
  );
  if (cell.identity) branches.push('identity');
  const facts = {
    channels: change(cell.inChannels, cell.outChannels),
    size: change(cell.sizeIn, cell.sizeOut),
    macs: chosen?.macs ?? 0,
    params: chosen?.params ?? 0,
  };
  return branchTree(branches, style).map((tree, line) => ({
    tree,
    ...(line === 0 ? { cell: `${String(index).padStart(2)} ${cell.kind}`, ...facts } : {}),
  }));
}

/** Branches side by side would be too wide: one under the other, split on the left and brought together on the right. */
function branchTree(branches: readonly string[], style: TerminalStyle): string[] {
  const { branch, horizontal: line, joinFirst, join, mergeLeft, mergeRight, vertical } = symbolsOf(style);
  if (branches.length < 2) return branches.map((name) => `${vertical}  ${name}`);
  const longest = Math.max(...branches.map(columnsOf));
  const rows = branches.map((name, index) => {
    const filling = line.repeat(longest - columnsOf(name) + 1);
    return `${branch}${line} ${name} ${filling}${index === 0 ? joinFirst : join}`;
  });
  const mean = `${mergeLeft}${line} mean ${line.repeat(Math.max(0, longest - 3))}${mergeRight}`;
  return [...rows, mean];
}

function layOut(rows: readonly Row[], style: TerminalStyle): string[] {
  const colors = colorsOf(style);
  const tree = Math.max(...rows.map((row) => columnsOf(row.tree))) + 2;
  const cost = (value: number | undefined) => (value === undefined ? '' : countText(value));
  const line = (cell: string, ...columns: readonly string[]) =>
    [
      padded(cell, CELL_COLUMNS),
      padded(columns[0] ?? '', tree),
      padded(columns[1] ?? '', CHANNEL_COLUMNS),
      padded(columns[2] ?? '', SIZE_COLUMNS),
      padded(columns[3] ?? '', COST_COLUMNS, 'left'),
      padded(columns[4] ?? '', COST_COLUMNS, 'left'),
    ].join('');
  return [
    colors.dim(line('cell', 'branches', 'channels', 'size', 'MACs', 'params')),
    ...rows.map((row) =>
      line(row.cell ?? '', row.tree, row.channels ?? '', row.size ?? '', cost(row.macs), cost(row.params)),
    ),
  ];
}
