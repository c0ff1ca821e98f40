import type { Architecture } from '@nse/space';

import type { Block } from './block.js';
import { chain } from './block-chain.js';
import { runCell, trainCell } from './cell.js';
import type { Supernet } from './supernet.js';

/**
 * One path through the supernet as a block: stem, the path's operations in every cell, tail. (batch, height, width,
 * channels) to (batch, classes). Only the path's weights get gradients, and only its running statistics move.
 */
export function pathBlock(supernet: Supernet, path: Architecture): Block {
  const cells = supernet.cells.map((cell, index): Block => {
    const operations = path[index] ?? [];
    return {
      places: operations.flatMap((operation) => cell.block(operation).places),
      train: (x, weights, options) => trainCell(cell, operations, x, weights, options),
      run: (x, weights, mode) => runCell(cell, operations, x, weights, mode),
    };
  });
  return chain([supernet.stem, ...cells, supernet.tail]);
}
