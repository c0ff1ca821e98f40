import {
  type Cell,
  type CellSets,
  type MacroNetwork,
  type Method,
  macroNetwork,
  type Pool,
  POOLS,
  type Random,
  shuffled,
} from '@nse/space';
import { parseSpec, presets, type SearchSpec } from '@nse/spec';

/** What is timed: a network, the operations of its supernet and how its paths are drawn. */
export interface Shape {
  readonly name: string;
  readonly about: string;
  readonly network: MacroNetwork;
  readonly pool: Pool;
  /** Operations of each cell's subset. */
  readonly subsetSize: number;
  /** How paths are drawn: one operation a cell (nse-single), or each with chance 1/2. */
  readonly method: Method;
  readonly batchSize: number;
}

/** The step that the engine was designed by: six inverted bottlenecks, one a cell. */
const sixBottlenecks: Shape = {
  name: 'six',
  about: '6 MBConv cells, one operation or none in each, 32x32x3',
  network: {
    imageSize: 32,
    imageChannels: 3,
    classes: 10,
    stem: { channels: 16, stride: 1, sizeOut: 32 },
    cells: [
      cell(0, 'N', [16, 16], 32),
      cell(1, 'R', [16, 24], 32),
      cell(2, 'N', [24, 24], 16),
      cell(3, 'R', [24, 40], 16),
      cell(4, 'N', [40, 40], 8),
      cell(5, 'E', [40, 64], 8),
    ],
    tailChannels: 1024,
  },
  pool: { name: 'mbconv', operations: POOLS.mac27.operations.slice(0, 15) },
  subsetSize: 5,
  method: 'nse-single',
  batchSize: 64,
};

function cell(
  index: number,
  kind: Cell['kind'],
  [inChannels, outChannels]: [number, number],
  sizeIn: number,
): Cell {
  const stride = kind === 'R' ? 2 : 1;
  return {
    index,
    kind,
    inChannels,
    outChannels,
    stride,
    sizeIn,
    sizeOut: sizeIn / stride,
    identity: kind === 'N',
  };
}

/** A first round's supernet of a search. */
function ofSearch(
  { network, subsetSize }: SearchSpec,
  named: Pick<Shape, 'name' | 'about' | 'batchSize'>,
): Shape {
  return { ...named, network: macroNetwork(network), pool: POOLS.mac27, subsetSize, method: 'nse' };
}

/** What `./nse demo` trains. */
function demo(): Shape {
  return ofSearch(parseSpec(presets['fashion-mnist']), {
    name: 'demo',
    about: 'the network of the fashion-mnist preset, each operation of a subset on with chance 1/2, 28x28x1',
    batchSize: 128,
  });
}

/** The published search; a step is too much for a CPU. */
function imagenet(): Shape {
  const spec = parseSpec({ ...presets['imagenet-330m'], dataset: { kind: 'folder', path: '/data' } });
  return ofSearch(spec, {
    name: 'imagenet',
    about:
      'the network of the imagenet-330m preset, each operation of a subset on with chance 1/2, 224x224x3',
    batchSize: 64,
  });
}

/** The shapes that run unless one is named, in that order. */
export function shapes(): readonly Shape[] {
  return [sixBottlenecks, demo()];
}

/** Those that only run where they are named. */
export function largeShapes(): readonly Shape[] {
  return [imagenet()];
}

/**
 * A subset for each cell, drawn from the pool without its dilated operations: stock tfjs has no gradient for those, and
 * all contestants must do the same work.
 */
export function drawSubsets({ network, pool, subsetSize }: Shape, random: Random): CellSets {
  const usable = [...pool.operations.keys()].filter((index) => {
    const operation = pool.operations[index];
    return operation !== undefined && !(operation.kind === 'MBConv' && operation.dilation > 1);
  });
  return network.cells.map(() =>
    shuffled(usable, random)
      .slice(0, subsetSize)
      .sort((a, b) => a - b),
  );
}
