import type { Architecture } from './architecture.js';
import { stemLayer, tailLayer } from './cost.js';
import type { Placement } from './layers.js';
import type { Cell, MacroNetwork } from './network.js';
import type { Activation, Operation, Pool } from './operation.js';
import { operationName } from './pool.js';

/** A branch of a cell, without the addition that joins it to the others. */
export interface OperationEntry extends Placement {
  readonly kind: 'operation';
  readonly operation: Operation;
}

/** The addition of one branch's output to the others'. `size` is the height and width of the cell's output. */
export interface AdditionEntry {
  readonly kind: 'addition';
  readonly channels: number;
  readonly size: number;
}

/** The stem on an image, with all that a run takes by itself. */
export interface StemEntry {
  readonly kind: 'stem';
  readonly imageChannels: number;
  readonly imageSize: number;
  readonly channels: number;
  readonly stride: number;
  readonly activation: Activation;
}

/** The tail's convolution, pool and classifier. `size` is the height and width of the last cell's output. */
export interface TailEntry {
  readonly kind: 'tail';
  readonly inChannels: number;
  readonly size: number;
  readonly channels: number;
  readonly classes: number;
  readonly activation: Activation;
}

/** A part of a network whose time is measured, and found in a table, as a whole. */
export type PartEntry = OperationEntry | AdditionEntry | StemEntry | TailEntry;

/** A part that a search needs, and what for, in words. */
export interface RequiredEntry {
  readonly entry: PartEntry;
  readonly neededBy: readonly string[];
}

/** The operation where the cell has it. */
export function operationEntry(operation: Operation, cell: Cell): OperationEntry {
  const { inChannels, outChannels, stride, sizeIn: size } = cell;
  return { kind: 'operation', operation, inChannels, outChannels, stride, size };
}

/** The addition of branches of that cell. */
export function cellAddition({ outChannels: channels, sizeOut: size }: Cell): AdditionEntry {
  return { kind: 'addition', channels, size };
}

/** How many additions join the branches of an architecture: one for each, but for the first of a cell without identity. */
export function additionsIn({ cells }: MacroNetwork, architecture: Architecture): number {
  return architecture.reduce((sum, branches, index) => {
    const joined = branches.length + (cells[index]?.identity === true ? 1 : 0);
    return sum + Math.max(0, joined - 1);
  }, 0);
}

/** The network's stem; its activation is that of the pool's operations where they share one. */
export function stemEntry(network: MacroNetwork, pool: Pool): StemEntry {
  const { imageChannels, imageSize } = network;
  const { outChannels: channels, stride } = stemLayer(network);
  return {
    ...{ kind: 'stem', imageChannels, imageSize, channels, stride: stride[0] },
    activation: commonActivation(pool),
  };
}

/** The network's tail; its activation as that of the stem. */
export function tailEntry(network: MacroNetwork, pool: Pool): TailEntry {
  const { inChannels, sizeOut, outChannels: channels } = tailLayer(network);
  const { classes } = network;
  return {
    ...{ kind: 'tail', inChannels, size: sizeOut[0], channels, classes },
    activation: commonActivation(pool),
  };
}

/** Every different part that architectures of the pool have in the network: stem, tail, then cell by cell. */
export function requiredEntries(network: MacroNetwork, pool: Pool): readonly RequiredEntry[] {
  const needs = new Map<string, { readonly entry: PartEntry; readonly neededBy: string[] }>();
  const need = (entry: PartEntry, neededBy: string) => {
    const key = entryKey(entry);
    const known = needs.get(key);
    if (known === undefined) needs.set(key, { entry, neededBy: [neededBy] });
    else known.neededBy.push(neededBy);
  };
  need(stemEntry(network, pool), 'the stem');
  need(tailEntry(network, pool), 'the tail');
  for (const cell of network.cells) {
    need(cellAddition(cell), `the branches of cell ${cell.index}`);
    pool.operations.forEach((operation, index) =>
      need(operationEntry(operation, cell), `operation ${index} in cell ${cell.index}`),
    );
  }
  return [...needs.values()];
}

/** One key for each different part, the same in every process. */
export function entryKey(entry: PartEntry): string {
  switch (entry.kind) {
    case 'operation': {
      const { inChannels, outChannels, stride, size } = entry;
      return ['operation', operationName(entry.operation), inChannels, outChannels, stride, size].join('/');
    }
    case 'addition':
      return ['addition', entry.channels, entry.size].join('/');
    case 'stem': {
      const { imageChannels, imageSize, channels, stride, activation } = entry;
      return ['stem', imageChannels, imageSize, channels, stride, activation].join('/');
    }
    case 'tail': {
      const { inChannels, size, channels, classes, activation } = entry;
      return ['tail', inChannels, size, channels, classes, activation].join('/');
    }
  }
}

/** The part as people say it: `MBConv k3 t6, 16 to 24 channels, stride 2, size 28x28`. */
export function entryWords(entry: PartEntry): string {
  switch (entry.kind) {
    case 'operation': {
      const { inChannels, outChannels, stride, size } = entry;
      const where = `${inChannels} to ${outChannels} channels, stride ${stride}, size ${size}x${size}`;
      return `${operationName(entry.operation)}, ${where}`;
    }
    case 'addition':
      return `the addition of ${entry.channels} channels, size ${entry.size}x${entry.size}`;
    case 'stem': {
      const { imageChannels, imageSize, channels, stride, activation } = entry;
      const shape = `${imageChannels} to ${channels} channels, stride ${stride}`;
      return `the stem, ${shape}, size ${imageSize}x${imageSize}, ${activation}`;
    }
    case 'tail': {
      const { inChannels, size, channels, classes, activation } = entry;
      const shape = `${inChannels} to ${channels} channels, size ${size}x${size}`;
      return `the tail, ${shape}, ${classes} classes, ${activation}`;
    }
  }
}

function commonActivation({ operations }: Pool): Activation {
  const isSwish = operations.length > 0 && operations.every(({ activation }) => activation === 'swish');
  return isSwish ? 'swish' : 'relu';
}
