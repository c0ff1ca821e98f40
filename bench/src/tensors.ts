import { type Layer, NseError, randomFrom, standardNormal } from '@nse/space';
import { type StoredTensor } from '@nse/safetensors';
import { BATCHES_IN_CASE, type BenchCase } from './case.js';

/**
 * Weights and images of a case, by name. Weights as our files have them, in PyTorch's layout: convolutions (out, in / groups,
 * height, width), linear (out, in). `batches.images` (batches, images, height, width, channels), `batches.labels`.
 */
export function drawTensors({ network, shape }: BenchCase): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  addLayer(tensors, 'stem', network.stem);
  network.cells.forEach(({ operations }, cell) => {
    for (const [index, layers] of Object.entries(operations)) {
      for (const layer of layers) addLayer(tensors, `cells.${cell}.ops.${index}.${layer.name}`, layer);
    }
  });
  const { inChannels, outChannels } = network.tail;
  const linear = 1 / Math.sqrt(outChannels);
  tensors.set(
    'tail.conv.weight',
    normal('tail', [outChannels, inChannels, 1, 1], Math.sqrt(2 / outChannels)),
  );
  tensors.set('tail.linear.weight', normal('linear', [network.classes, outChannels], linear));
  tensors.set('tail.linear.bias', normal('bias', [network.classes], linear));
  const { imageSize, imageChannels } = shape.network;
  const count = [BATCHES_IN_CASE, shape.batchSize];
  tensors.set('batches.images', normal('images', [...count, imageSize, imageSize, imageChannels], 1));
  tensors.set('batches.labels', labels(count, network.classes));
  return tensors;
}

/** Kaiming normal (fan out), and a batch norm whose scale and shift are not all alike, so that a mix-up shows. */
function addLayer(tensors: Map<string, StoredTensor>, name: string, layer: Layer): void {
  const { kind, kernel, inChannels, outChannels, groups } = layer;
  const shape = [outChannels, inChannels / groups, ...kernel];
  const fanOut = kernel[0] * kernel[1] * (kind === 'depthwise' ? 1 : outChannels);
  tensors.set(`${name}.conv.weight`, normal(name, shape, Math.sqrt(2 / fanOut)));
  tensors.set(`${name}.bn.gamma`, normal(`${name} gamma`, [outChannels], 0.1, 1));
  tensors.set(`${name}.bn.beta`, normal(`${name} beta`, [outChannels], 0.1));
  tensors.set(`${name}.bn.mean`, { shape: [outChannels], data: new Float32Array(outChannels) });
  tensors.set(`${name}.bn.variance`, { shape: [outChannels], data: new Float32Array(outChannels).fill(1) });
}

function normal(name: string, shape: readonly number[], deviation: number, mean = 0): StoredTensor {
  const random = randomFrom(1, 'tensor', name);
  const data = Float32Array.from({ length: sizeOf(shape) }, () => mean + deviation * standardNormal(random));
  return { shape, data };
}

function labels(shape: readonly number[], classes: number): StoredTensor {
  const random = randomFrom(1, 'labels');
  return { shape, data: Int32Array.from({ length: sizeOf(shape) }, () => random.below(classes)) };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, side) => size * side, 1);

/** The tensor of that name. Throws NOT_FOUND. */
export function tensorNamed(tensors: ReadonlyMap<string, StoredTensor>, name: string): StoredTensor {
  const found = tensors.get(name);
  if (found === undefined) throw new NseError('NOT_FOUND', `the case has no tensor ${name}`);
  return found;
}

/** The index-th of the tensors that are stacked along the first axis; shares its numbers. */
export function partOf({ shape, data }: StoredTensor, index: number): StoredTensor {
  const rest = shape.slice(1);
  const size = sizeOf(rest);
  return { shape: rest, data: data.subarray(index * size, (index + 1) * size) };
}
