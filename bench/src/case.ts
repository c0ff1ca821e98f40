import {
  type Architecture,
  type BranchPair,
  type CellSets,
  type Layer,
  layersOf,
  macsCost,
  operationAt,
  type Random,
  randomFrom,
  stemLayer,
  tailLayer,
} from '@nse/space';
import { drawShapePair, drawShapePath } from './draws.js';
import { drawSubsets, type Shape } from './shapes.js';

/** A cell of a fitness step: its two branch sets and their costs in MACs. */
export interface FitnessCell {
  readonly pair: BranchPair;
  readonly costs: { readonly a: number; readonly b: number };
}

/** All that a contestant is told, besides weights and images: the same for each of them. */
export interface BenchCase {
  /** The network as its convolutions, for those who do not know our operations. Keys of `operations`: pool indices. */
  readonly network: {
    readonly stem: Layer;
    readonly tail: Layer;
    readonly classes: number;
    readonly cells: readonly {
      readonly identity: boolean;
      readonly operations: Readonly<Record<string, readonly Layer[]>>;
    }[];
  };
  readonly shape: Shape;
  readonly subsets: CellSets;
  readonly poolSize: number;
  /** One each weight step, then from the start again; likewise pairs, architectures and the batches of images. */
  readonly paths: readonly Architecture[];
  readonly pairs: readonly (readonly FitnessCell[])[];
  /** Scored as one list: ours computes once what its members share, as it does in a search. */
  readonly architectures: readonly Architecture[];
  readonly calibrationBatches: number;
  readonly heldOutBatches: number;
  readonly sgd: { readonly learningRate: number; readonly momentum: number; readonly weightDecay: number };
  readonly fitness: {
    readonly learningRate: number;
    readonly beta2: number;
    readonly epsilon: number;
    readonly alpha: number;
    readonly beta: number;
    readonly target: number;
    /** MACs in one unit of the cost term. */
    readonly scale: number;
    readonly fixedCost: number;
  };
}

/** How many steps and architectures are drawn. */
export interface CaseSizes {
  readonly lap: number;
  readonly architectures: number;
}

/** Batches that each architecture is calibrated with and scored on; the times of all grow alike with more. */
const BATCHES = { calibration: 1, heldOut: 1 };

/** Batches of images in a case: weight and fitness steps take them in turn, scoring takes the first ones. */
export const BATCHES_IN_CASE = 4;

/** Draws a case of that shape with so many paths and pairs, and so many architectures. The same every time. */
export function drawCase(shape: Shape, { lap, architectures }: CaseSizes): BenchCase {
  const subsets = drawSubsets(shape, randomFrom(1, 'subsets'));
  const cost = macsCost(shape.network, shape.pool);
  const each = <T>(name: string, draw: (random: Random) => T, length = lap): T[] =>
    Array.from({ length }, (_, index) => draw(randomFrom(1, name, index)));
  const pairs = each('pairs', (random) =>
    drawShapePair(shape, subsets, random).map((pair, cell) => ({
      pair,
      costs: { a: cost.of(cell, pair.a), b: cost.of(cell, pair.b) },
    })),
  );
  const paths = each('paths', (random) => drawShapePath(shape, subsets, random));
  return {
    network: described(shape, subsets),
    shape,
    subsets,
    poolSize: shape.pool.operations.length,
    paths,
    pairs,
    architectures: each('architectures', (random) => drawShapePath(shape, subsets, random), architectures),
    calibrationBatches: BATCHES.calibration,
    heldOutBatches: BATCHES.heldOut,
    // A small rate: float32 gradients of a deep network differ by a hundredth from library to library (and from float64),
    // as an activation near 0 is on in one and off in the other; a large rate soon shows that in the losses.
    sgd: { learningRate: 1e-4, momentum: 0.9, weightDecay: 4e-5 },
    fitness: {
      learningRate: 0.005,
      beta2: 0.999,
      epsilon: 1e-8,
      alpha: 1e-2,
      beta: 2,
      target: cost.total(paths[0] ?? []),
      scale: 1e6,
      fixedCost: cost.fixed,
    },
  };
}

function described({ network, pool }: Shape, subsets: CellSets): BenchCase['network'] {
  return {
    stem: stemLayer(network),
    tail: tailLayer(network),
    classes: network.classes,
    cells: network.cells.map((cell) => ({
      identity: cell.identity,
      operations: Object.fromEntries(
        (subsets[cell.index] ?? []).map((index) => {
          const placement = { ...cell, size: cell.sizeIn };
          return [String(index), layersOf(operationAt(pool, index), placement)];
        }),
      ),
    })),
  };
}
