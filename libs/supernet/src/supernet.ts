import { type Activation, type CellSets, type MacroNetwork, NseError, type Pool } from '@nse/space';

import { type Block, operationBlock, stemBlock, tailBlock, type WeightPlace } from './block.js';
import type { CellBlocks } from './cell.js';

/** The weight-sharing network over a pool: stem, cells with a block for every operation, tail. It holds no weights. */
export interface Supernet {
  readonly network: MacroNetwork;
  readonly stem: Block;
  readonly cells: readonly CellBlocks[];
  readonly tail: Block;
}

/**
 * Blocks are made when they are first asked for: a round uses a few operations of the pool only.
 *
 * @param activation of stem and tail; those of operations are the pool's
 */
export function supernetOf(network: MacroNetwork, pool: Pool, activation: Activation = 'relu'): Supernet {
  const cells = network.cells.map((cell): CellBlocks => {
    const blocks = new Map<number, Block>();
    return {
      cell,
      block: (index) => {
        const known = blocks.get(index);
        if (known !== undefined) return known;
        const operation = pool.operations[index];
        if (operation === undefined) {
          throw new NseError('INVALID_ARGUMENT', `pool ${pool.name} has no operation ${index}`);
        }
        const block = operationBlock(`cells.${cell.index}.ops.${index}`, operation, {
          ...cell,
          size: cell.sizeIn,
        });
        blocks.set(index, block);
        return block;
      },
    };
  });
  return { network, stem: stemBlock(network, activation), cells, tail: tailBlock(network, activation) };
}

/** Places of all weights that these subsets need: stem, the subsets' operations, tail. */
export function placesOf(supernet: Supernet, subsets: CellSets): WeightPlace[] {
  const inCells = supernet.cells.flatMap(({ block }, cell) =>
    (subsets[cell] ?? []).flatMap((operation) => block(operation).places),
  );
  return [...supernet.stem.places, ...inCells, ...supernet.tail.places];
}
