import { layersOf, type Operation, type Placement } from '@nse/space';

import { chain } from './block-chain.js';
import { layerBlock } from './block-layer.js';
import type { Block } from './block-pass.js';
import { squeezeBlock } from './block-squeeze.js';

export { stemBlock, tailBlock } from './block-ends.js';
export type { Block, Mode, Pass } from './block-pass.js';
export type { WeightKind, WeightPlace } from './weight-place.js';

/**
 * One operation of a cell. Its weights' names begin with `name`, such as `cells.3.ops.7`; none for ''.
 * Throws INVALID_ARGUMENT when channels do not divide into the operation's groups.
 */
export function operationBlock(name: string, operation: Operation, placement: Placement): Block {
  const prefix = name === '' ? '' : `${name}.`;
  const blocks = layersOf(operation, placement).flatMap((layer) => {
    const block = layerBlock(`${prefix}${layer.name}`, layer);
    if (layer.squeeze === undefined) return [block];
    const activation = operation.activation ?? 'relu';
    return [block, squeezeBlock(`${prefix}se`, layer.outChannels, layer.squeeze, activation)];
  });
  return chain(blocks);
}
