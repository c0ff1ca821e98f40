export { type Block, type Mode, operationBlock, type Pass, stemBlock, tailBlock } from './block.js';
export { isDecayed, isTrained, type WeightKind, type WeightPlace } from './weight-place.js';
export { Gradients, initialiseWeights, Statistics, Weights } from './weights.js';
export { decodeWeights, encodeWeights, fromFileLayout, toFileLayout } from './weights-file.js';
