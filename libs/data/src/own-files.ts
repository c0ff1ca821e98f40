import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { NseError } from '@nse/space';
import { parseCifar10Batch } from './cifar10.js';
import { pairIdx } from './idx.js';
import { faultyFile, joined, type PixelSet, type PixelSplits } from './pixels.js';

/**
 * The four standard IDX files of a folder, plain or gzipped, with their own split.
 * Raises NOT_FOUND for a missing file, INVALID_ARGUMENT for a faulty one.
 */
export async function readIdxFolder(folder: string, classes: number): Promise<PixelSplits> {
  const pair = async (part: string): Promise<PixelSet> => {
    const images = await readOneOf(folder, idxNames(`${part}-images`, 3));
    const labels = await readOneOf(folder, idxNames(`${part}-labels`, 1));
    return pairIdx(images, labels, classes);
  };
  const trainable = await pair('train');
  const test = await pair('t10k');
  if (test.size !== trainable.size) {
    throw faultyFile(folder, `test images of ${trainable.size} pixels`, `${test.size} pixels`);
  }
  return { trainable, test };
}

/**
 * The six CIFAR-10 binary batches of a folder, or of its `cifar-10-batches-bin`, with their own split.
 * Raises NOT_FOUND for a missing file, INVALID_ARGUMENT for a faulty one.
 */
export async function readCifar10Folder(folder: string): Promise<PixelSplits> {
  const read = async (name: string): Promise<PixelSet> => {
    const { bytes, file } = await readOneOf(folder, [name, path.join('cifar-10-batches-bin', name)]);
    return parseCifar10Batch(bytes, file);
  };
  const parts = [];
  for (const batch of [1, 2, 3, 4, 5]) parts.push(await read(`data_batch_${batch}.bin`));
  return { trainable: joined(parts), test: await read('test_batch.bin') };
}

function idxNames(stem: string, rank: number): string[] {
  return [`${stem}-idx${rank}-ubyte`, `${stem}.idx${rank}-ubyte`].flatMap((name) => [name, `${name}.gz`]);
}

async function readOneOf(folder: string, names: readonly string[]): Promise<{ bytes: Buffer; file: string }> {
  for (const name of names) {
    const file = path.join(folder, name);
    if (!(await exists(file))) continue;
    try {
      const bytes = await readFile(file);
      return { bytes: name.endsWith('.gz') ? await unpacked(bytes) : bytes, file };
    } catch (cause) {
      throw faultyFile(file, 'a file that can be read', String(cause), cause);
    }
  }
  const message = `${folder}: expected one of ${names.join(', ')}, found none`;
  throw new NseError('NOT_FOUND', message, { field: 'dataset.path' });
}

/** Images pack to a fifth or so. A file that claims to hold far more would fill the memory before it is found faulty. */
const MAX_RATIO = 100;
const ALWAYS_ALLOWED_BYTES = 64 * 2 ** 20;

const unpacked = (bytes: Buffer) =>
  promisify(gunzip)(bytes, { maxOutputLength: Math.max(ALWAYS_ALLOWED_BYTES, MAX_RATIO * bytes.length) });

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
