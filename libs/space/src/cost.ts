import type { Architecture } from './architecture.js';
import { NseError } from './error.js';
import { convolution, type Layer, layerMacs, layerParameters, layersOf } from './layers.js';
import type { MacroNetwork } from './network.js';
import type { Pool } from './operation.js';

/** A figure of an architecture: a fixed part and, cell by cell, what its operations add. */
export interface CellwiseSum {
  /** The part that every architecture pays: stem and tail. */
  readonly fixed: number;
  /** What these operations of the pool add in that cell. */
  of(cell: number, operations: readonly number[]): number;
  /** fixed + the sum of `of` over the cells. Throws INVALID_ARGUMENT for a wrong number of cells. */
  total(architecture: Architecture): number;
}

/** What an architecture costs, in the unit of the search's constraint. */
export interface Cost extends CellwiseSum {
  readonly unit: 'macs' | 'ms';
}

/**
 * What the operations of one cell add: the sum of their own costs and, when there is any, the offset once.
 */
export interface CellCost {
  /** By pool index. */
  readonly operations: Float64Array;
  readonly offset: number;
}

/**
 * Multiply-accumulates of one image: convolutions, the linear layer and the average pool (one a channel);
 * whole numbers (algorithm page, "Cost model"). Stem and tail count at the network's own image size.
 */
export function macsCost(network: MacroNetwork, pool: Pool): Cost {
  const { tailChannels, classes } = network;
  const fixed =
    layerMacs(stemLayer(network)) + layerMacs(tailLayer(network)) + tailChannels + tailChannels * classes;
  return { unit: 'macs', ...cellwiseSum(fixed, operationSums(network, pool, layerMacs)) };
}

/**
 * Trainable numbers of an architecture with its stem and tail: weights, biases, batch norm's scale and shift.
 */
export function parameters(network: MacroNetwork, pool: Pool, architecture: Architecture): number {
  return parametersByCell(network, pool).total(architecture);
}

/** As `parameters`, cell by cell. */
export function parametersByCell(network: MacroNetwork, pool: Pool): CellwiseSum {
  const linear = (network.tailChannels + 1) * network.classes;
  // The tail's convolution has no batch norm, so its scale and shift come off again.
  const tail = layerParameters(tailLayer(network)) - 2 * network.tailChannels;
  const fixed = layerParameters(stemLayer(network)) + tail + linear;
  return cellwiseSum(fixed, operationSums(network, pool, layerParameters));
}

/** The sum over a table of what every operation adds in every cell. */
export function cellwiseSum(fixed: number, cells: readonly CellCost[]): CellwiseSum {
  const of = (cell: number, operations: readonly number[]): number => {
    const table = cells[cell];
    if (table === undefined || operations.length === 0) return 0;
    let sum = table.offset;
    for (const operation of operations) sum += table.operations[operation] ?? 0;
    return sum;
  };
  const total = (architecture: Architecture): number => {
    if (architecture.length !== cells.length) {
      const description = `has ${architecture.length} cells, the network has ${cells.length}`;
      throw NseError.invalid([{ field: 'architecture', description }]);
    }
    return architecture.reduce((sum, operations, cell) => sum + of(cell, operations), fixed);
  };
  return { fixed, of, total };
}

/** The stem's convolution: 3x3, batch norm, ReLU. */
export function stemLayer({ imageSize, imageChannels, stem }: MacroNetwork): Layer {
  const { channels: outChannels, stride } = stem;
  const shape = {
    name: 'stem',
    inChannels: imageChannels,
    outChannels,
    kernel: [3, 3],
    stride: [stride, stride],
  } as const;
  return convolution(shape, [imageSize, imageSize], 'relu');
}

/** The tail's convolution: 1x1, no batch norm, ReLU. */
export function tailLayer({ cells, stem, tailChannels }: MacroNetwork): Layer {
  const last = cells.at(-1);
  const size = last?.sizeOut ?? stem.sizeOut;
  const inChannels = last?.outChannels ?? stem.channels;
  return convolution({ name: 'tail', inChannels, outChannels: tailChannels }, [size, size], 'relu');
}

type Count = typeof layerMacs;

/** The shape of a cell, as far as layers follow from it. */
type CellShape = Pick<MacroNetwork['cells'][number], 'inChannels' | 'outChannels' | 'stride' | 'sizeIn'>;

function operationSums(network: MacroNetwork, pool: Pool, count: Count): CellCost[] {
  return network.cells.map((cell) => ({ offset: 0, operations: sumsOf(cell, pool, count) }));
}

/** Services price the same few shapes over and over, with each spec that they read; more than these are forgotten. */
const MOST_SHAPES = 4_096;
const knownSums = new WeakMap<Pool, Map<Count, Map<string, Float64Array>>>();

/** What each operation of the pool adds in a cell of that shape. The result is shared: nobody may write to it. */
function sumsOf({ inChannels, outChannels, stride, sizeIn: size }: CellShape, pool: Pool, count: Count) {
  const ofPool = knownSums.get(pool) ?? new Map<Count, Map<string, Float64Array>>();
  knownSums.set(pool, ofPool);
  const known = ofPool.get(count) ?? new Map<string, Float64Array>();
  ofPool.set(count, known);
  const key = [inChannels, outChannels, stride, size].join();
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size >= MOST_SHAPES) known.clear();
  const sums = Float64Array.from(pool.operations, (operation) =>
    layersOf(operation, { inChannels, outChannels, stride, size }).reduce(
      (sum, layer) => sum + count(layer),
      0,
    ),
  );
  known.set(key, sums);
  return sums;
}
