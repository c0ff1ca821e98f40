import { type Layer, layersOf, type Operation, type Placement } from '@nse/space';

import { chain } from './block-chain.js';
import { layerBlock } from './block-layer.js';
import type { Block } from './block-pass.js';
import { squeezeBlock } from './block-squeeze.js';

export { stemBlock, tailBlock } from './block-ends.js';
export type { Block, Mode, Pass } from './block-pass.js';
export type { WeightKind, WeightPlace } from './weight-place.js';

/**
 * One operation of a cell. Its weights' names begin with `name`, such as `cells.3.ops.7`.
 * Throws INVALID_ARGUMENT when channels do not divide into the operation's groups.
 */
export function operationBlock(name: string, operation: Operation, placement: Placement): Block {
  const prefix = name === '' ? '' : `${name}.`;
  return chain(layersOf(operation, placement).flatMap((layer) => partBlocks(prefix, layer)));
}

function partBlocks(prefix: string, layer: Layer): Block[] {
  const block = layerBlock(`${prefix}${layer.name}`, layer);
  return layer.squeeze === undefined
    ? [block]
    : [block, squeezeBlock(`${prefix}se`, layer.outChannels, layer.squeeze)];
}
