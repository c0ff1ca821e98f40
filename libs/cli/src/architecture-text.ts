import { costText, countText } from '@nse/report';
import type { messages } from '@nse/rpc';
import type { Budget } from '@nse/spec';
import { columns } from './columns.js';

/** An architecture spelled out: its figures, a line for each cell and branch, and with `layers` one for each convolution. */
export function architectureText(
  architecture: messages.ArchitectureDescription__Output,
  unit: Budget['unit'],
  layers = false,
): string {
  const { code, macs, params, cost, cells, stemAndTailMacs, stemAndTailParams } = architecture;
  const titles = ['CELL', 'KIND', 'CHANNELS', 'SIZE', 'MACS', 'PARAMS', 'OPERATIONS'];
  const rest = ['', 'stem, tail', '', '', countText(stemAndTailMacs), countText(stemAndTailParams), ''];
  const rows = [...cells.flatMap((cell, index) => cellRows(cell, index)), rest];
  return [
    code,
    `${countText(macs)} MACs, ${countText(params)} parameters` +
      (unit === 'macs' ? '' : `, ${costText(cost, unit)}`),
    '',
    columns(titles, rows, ['CELL', 'MACS', 'PARAMS']),
    ...(layers ? ['', layerTable(cells)] : []),
  ].join('\n');
}

/** A cell's line with its first operation, then a line for each other one: all of them in one would be too wide. */
function cellRows(cell: messages.CellDescription__Output, index: number): string[][] {
  const { kind, inChannels, outChannels, sizeIn, sizeOut, macs, params, identity, branches } = cell;
  const names = [
    ...(identity ? ['identity'] : []),
    ...branches.map(({ operation, name }) => `${operation} ${name}`),
  ];
  const facts = [
    String(index),
    kind,
    inChannels === outChannels ? String(inChannels) : `${inChannels}->${outChannels}`,
    sizeIn === sizeOut ? String(sizeIn) : `${sizeIn}->${sizeOut}`,
    countText(macs),
    countText(params),
  ];
  const [first = '', ...others] = names;
  return [[...facts, first], ...others.map((name) => ['', '', '', '', '', '', name])];
}

function layerTable(cells: readonly messages.CellDescription__Output[]): string {
  const titles = ['CELL', 'OPERATION', 'LAYER', 'CHANNELS', 'KERNEL', 'STRIDE', 'DIL', 'GROUPS', 'MACS'];
  const rows = cells.flatMap(({ branches }, cell) =>
    branches.flatMap(({ operation, layers }) =>
      layers.map((layer) => [
        String(cell),
        String(operation),
        layer.name,
        `${layer.inChannels}->${layer.outChannels}`,
        layer.kernel.join('x'),
        layer.stride.join('x'),
        String(layer.dilation),
        String(layer.groups),
        countText(layer.macs),
      ]),
    ),
  );
  return columns(titles, rows, ['CELL', 'OPERATION', 'DIL', 'GROUPS', 'MACS']);
}
