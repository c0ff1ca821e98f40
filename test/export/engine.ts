import { NseError, randomFrom } from '@nse/space';
import { type NetworkInput, randomWeights } from '@nse/export';
import { readSafetensors, type StoredTensor, writeSafetensors } from '@nse/safetensors';
import { decodeWeights, pathBlock, supernetOf } from '@nse/supernet';
import { floats, read } from '@nse/tensor';

/** An architecture with weights as a training leaves them: statistics of batch norm are not those of the beginning. */
export function weightsOf(input: NetworkInput, seed = 1): Map<string, StoredTensor> {
  const weights = randomWeights({ ...input, seed });
  for (const [name, { data }] of weights) {
    const random = randomFrom(seed, 'statistics', name);
    if (name.endsWith('.bn.mean')) data.forEach((_, index) => (data[index] = random.next() - 0.5));
    if (name.endsWith('.bn.variance')) data.forEach((_, index) => (data[index] = 0.5 + random.next()));
    if (name.endsWith('.bn.gamma')) data.forEach((_, index) => (data[index] = 0.5 + random.next()));
  }
  return weights;
}

/** Images (count, height, width, channels) of numbers as they come from normalised pixels. */
export function drawnImages({ network }: NetworkInput, count: number, seed = 2): Float32Array {
  const random = randomFrom(seed, 'images');
  const size = count * network.imageSize ** 2 * network.imageChannels;
  return Float32Array.from({ length: size }, () => 4 * random.next() - 2);
}

/** The same images (count, channels, height, width). */
export function channelsFirst(images: Float32Array, { network }: NetworkInput): Float32Array {
  const { imageChannels: channels, imageSize } = network;
  const points = imageSize ** 2;
  return Float32Array.from(images, (_, index) => {
    const [image, within] = [Math.floor(index / (points * channels)), index % (points * channels)];
    const [channel, point] = [Math.floor(within / points), within % points];
    return images[(image * points + point) * channels + channel] ?? NaN;
  });
}

/** What the engine's network gives for the images, (count, classes). */
export function engineLogits(
  { network, pool, architecture, activation = 'relu' }: NetworkInput,
  weights: ReadonlyMap<string, StoredTensor>,
  images: Float32Array,
): Float32Array {
  const block = pathBlock(supernetOf(network, pool, activation), architecture);
  const held = decodeWeights(writeSafetensors(weights), block.places);
  const { imageSize, imageChannels } = network;
  const x = floats(images, [
    images.length / (imageSize ** 2 * imageChannels),
    imageSize,
    imageSize,
    imageChannels,
  ]);
  const out = block.run(x, held, { kind: 'evaluate' });
  const logits = read(out);
  for (const each of [x, out, held]) each.dispose();
  return logits;
}

/** The tensor of that name in a safetensors file. Throws NOT_FOUND. */
export function tensorIn(file: Uint8Array, name: string): StoredTensor {
  const tensor = readSafetensors(file).tensors.get(name);
  if (tensor === undefined) throw new NseError('NOT_FOUND', `the file holds no ${name}`);
  return tensor;
}

/** The largest difference, as a share of the largest number. */
export function difference(found: ArrayLike<number>, expected: Float32Array): number {
  if (found.length !== expected.length) return Infinity;
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  return (
    expected.reduce((most, value, at) => Math.max(most, Math.abs(value - (found[at] ?? NaN))), 0) / scale
  );
}
