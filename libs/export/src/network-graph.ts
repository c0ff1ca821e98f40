import { type Activation, type Architecture, type MacroNetwork, NseError, type Pool } from '@nse/space';

import { addCell, scaleBefore } from './cell-nodes.js';
import { addStem, addTail, IMAGES } from './end-nodes.js';
import { GraphBuilder } from './graph-builder.js';
import type { Graph } from './graph.js';
import { drawnWeights, type StoredWeight, storedWeights, type WeightSource } from './weight-source.js';

/** An architecture as it is trained and deployed. */
export interface NetworkInput {
  readonly network: MacroNetwork;
  /** Operations with squeeze-excitation and activation as they are retrained. */
  readonly pool: Pool;
  readonly architecture: Architecture;
  /** Of stem and tail; the pool's where not given, 'relu' where its operations differ. */
  readonly activation?: Activation;
}

/**
 * The architecture as a graph from images to logits, batch norm folded by its running statistics. `weights` are those of
 * model.safetensors; what they hold beside the architecture's is left. A missing tensor, or one of another shape or type,
 * raises INVALID_ARGUMENT that names it, as does an architecture that does not fit the network.
 */
export function networkGraph({
  weights,
  ...input
}: NetworkInput & { readonly weights: ReadonlyMap<string, StoredWeight> }): Graph {
  return drawNetwork(input, storedWeights(weights));
}

/**
 * Fresh weights of the architecture, by name, in the order and shapes of model.safetensors. A tensor's numbers follow from
 * the seed and its name alone. No value is so small that arithmetic slows down, so latency can be measured with them.
 */
export function randomWeights({
  seed,
  ...input
}: NetworkInput & { readonly seed: number }): Map<string, StoredWeight> {
  const source = drawnWeights(seed);
  const drawn = new Map<string, StoredWeight>();
  drawNetwork(input, (name, shape, kind) => {
    const data = source(name, shape, kind);
    drawn.set(name, { shape, data });
    return data;
  });
  return drawn;
}

function drawNetwork(
  { network, pool, architecture, activation = commonActivation(pool) }: NetworkInput,
  weights: WeightSource,
): Graph {
  const { imageChannels, imageSize, cells } = network;
  if (architecture.length !== cells.length) {
    const description = `has ${architecture.length} cells, the network has ${cells.length}`;
    throw NseError.invalid([{ field: 'architecture', description }]);
  }
  const builder = new GraphBuilder({ name: IMAGES, shape: [imageChannels, imageSize, imageSize] });
  const drawing = { builder, weights };
  const chosen = cells.map((cell, index) => ({ cell, operations: architecture[index] ?? [] }));
  const last = chosen.reduce(
    (before, cell, index) => addCell(drawing, cell, pool, before, scaleBefore(chosen.slice(index + 1))),
    addStem(drawing, network, activation, IMAGES, scaleBefore(chosen)),
  );
  return builder.graph(addTail(drawing, network, activation, last));
}

function commonActivation({ operations }: Pool): Activation {
  return operations.length > 0 && operations.every(({ activation }) => activation === 'swish')
    ? 'swish'
    : 'relu';
}
