import { type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { NseError } from '@nse/space';
import { type Dataset, type DatasetSettings, type ImageExpectation } from './dataset.js';
import { FileSplit, type ImageFile } from './file-split.js';
import { partition } from './partition.js';
import { faultyFile } from './pixels.js';

const imageName = /\.(jpe?g|png|webp)$/i;

/**
 * An image folder in the ImageNet layout: `train/<class>/*` and `val/<class>/*`, JPEG, PNG or WebP, class names in
 * alphabetic order. `val` is the test split; the held-out images are taken from `train`. Images are decoded when
 * they are read.
 * Raises NOT_FOUND for a missing folder, INVALID_ARGUMENT where classes differ or images are too few.
 */
export async function loadFolder(
  { path: root, heldOut, train }: DatasetSettings,
  network: ImageExpectation,
): Promise<Dataset> {
  if (root === undefined) {
    throw new NseError('INVALID_ARGUMENT', 'missing; a data set of kind folder needs it', {
      field: 'dataset.path',
    });
  }
  if (network.imageChannels !== 3) {
    throw NseError.invalid([
      { field: 'network.imageChannels', description: `got ${network.imageChannels}; image folders have 3` },
    ]);
  }
  const classes = await classesOf(root, network.classes);
  const trainable = await imagesOf(path.join(root, 'train'), classes);
  const test = await imagesOf(path.join(root, 'val'), classes);
  const sizes = { heldOut, train: train ?? trainable.length - heldOut };
  const parts = partition(labelsOf(trainable), sizes, 'folder-held-out');
  const { testing } = partition(labelsOf(test), { testing: test.length }, 'folder-test');
  const split = (files: readonly ImageFile[], members: Int32Array) =>
    new FileSplit(files, members, network.imageSize);
  return {
    classes,
    imageSize: network.imageSize,
    channels: 3,
    train: split(trainable, parts.train),
    heldOut: split(trainable, parts.heldOut),
    test: split(test, testing),
    origin: `images in ${root}: train for weights and held out, val to test`,
  };
}

function labelsOf(files: readonly ImageFile[]): number[] {
  return files.map(({ label }) => label);
}

async function classesOf(root: string, expected: number): Promise<string[]> {
  const train = await foldersOf(path.join(root, 'train'));
  const val = await foldersOf(path.join(root, 'val'));
  const different = train.find((name) => !val.includes(name)) ?? val.find((name) => !train.includes(name));
  if (different !== undefined) {
    throw faultyFile(root, 'the same classes in train and val', `${different} in one of them only`);
  }
  if (train.length !== expected) throw faultyFile(root, `${expected} classes`, `${train.length}`);
  return train;
}

async function imagesOf(folder: string, classes: readonly string[]): Promise<ImageFile[]> {
  const files: ImageFile[] = [];
  for (const [label, name] of classes.entries()) {
    const inClass = path.join(folder, name);
    const images = (await entriesOf(inClass)).filter(
      (entry) => !entry.isDirectory() && imageName.test(entry.name),
    );
    if (images.length === 0) throw faultyFile(inClass, 'JPEG, PNG or WebP images', 'none');
    const names = images.map((entry) => entry.name).sort();
    for (const image of names) files.push({ file: path.join(inClass, image), label });
  }
  return files;
}

async function foldersOf(folder: string): Promise<string[]> {
  const entries = await entriesOf(folder);
  // A class may be a link to a folder.
  const names = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  return names.map((entry) => entry.name).sort();
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    const message = `${folder}: expected a folder, found none that can be read`;
    throw new NseError('NOT_FOUND', message, { field: 'dataset.path', cause });
  }
}
