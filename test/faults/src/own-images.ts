import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Random, randomFrom } from '@nse/space';

const SIDE = 28;
const UNSIGNED_BYTE = 8;

/** Writes the four IDX files of a small data set of noise with a bright stripe for each class. */
export function writeImages(folder: string, counts: { readonly train: number; readonly test: number }): void {
  mkdirSync(folder, { recursive: true });
  const random = randomFrom(1, 'images');
  for (const [part, count] of [
    ['train', counts.train],
    ['t10k', counts.test],
  ] as const) {
    const labels = Buffer.from(Array.from({ length: count }, () => random.below(10)));
    const pixels = Buffer.concat([...labels].map((label) => image(label, random)));
    writeFileSync(join(folder, `${part}-images-idx3-ubyte`), idx([count, SIDE, SIDE], pixels));
    writeFileSync(join(folder, `${part}-labels-idx1-ubyte`), idx([count], labels));
  }
}

function image(label: number, random: Random): Buffer {
  const stripe = 2 * label + 4;
  return Buffer.from(
    Array.from({ length: SIDE * SIDE }, (_, at) => (at % SIDE === stripe ? 255 : random.below(128))),
  );
}

function idx(dimensions: readonly number[], body: Buffer): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, UNSIGNED_BYTE, dimensions.length]);
  for (const [place, size] of dimensions.entries()) header.writeUInt32BE(size, 4 + 4 * place);
  return Buffer.concat([header, body]);
}
