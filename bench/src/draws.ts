import {
  type Architecture,
  type BranchPair,
  type CellSets,
  drawPair,
  drawPath,
  type Random,
} from '@nse/space';
import { type Shape } from './shapes.js';

/** A path of that shape's supernet. */
export function drawShapePath({ network, method }: Shape, subsets: CellSets, random: Random): Architecture {
  return drawPath(network.cells, subsets, method, random);
}

/**
 * The two branch sets of each cell in a fitness step, all logits being 0. Single-branch NSE has no fitness steps: for the
 * sake of the comparison its sets are those of two paths.
 */
export function drawShapePair(shape: Shape, subsets: CellSets, random: Random): readonly BranchPair[] {
  if (shape.method === 'nse') {
    const fitness = subsets.map((subset) => subset.map(() => 0));
    return drawPair(shape.network.cells, subsets, fitness, random);
  }
  const [first, second] = [drawShapePath(shape, subsets, random), drawShapePath(shape, subsets, random)];
  return first.map((a, cell) => {
    const b = second[cell] ?? a;
    return { a, b, choice: a.join() !== b.join() };
  });
}
