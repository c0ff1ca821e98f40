import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { fixedBatches } from './batches.js';
import { idxFile } from './idx-file.fixture.js';
import { loadDataset } from './load.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nse-own-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (name: string, bytes: Uint8Array) => writeFile(path.join(folder, name), bytes);
const cycling = (count: number, limit: number) => Array.from({ length: count }, (_, at) => at % limit);

/** 40 training images and 10 test images of 12 x 12 pixels; the test images are white. */
async function writeIdx(): Promise<void> {
  await write('train-images-idx3-ubyte', idxFile([40, 12, 12], cycling(40 * 144, 200)));
  await write('train-labels-idx1-ubyte', idxFile([40], cycling(40, 4)));
  await write('t10k-images.idx3-ubyte.gz', gzipSync(idxFile([10, 12, 12], new Uint8Array(1440).fill(255))));
  await write('t10k-labels.idx1-ubyte.gz', gzipSync(idxFile([10], cycling(10, 4))));
}

const idxNetwork = { imageSize: 12, imageChannels: 1, classes: 4 };
const loadIdx = (network = idxNetwork) =>
  loadDataset({ kind: 'mnist', path: folder, heldOut: 8 }, { network });

describe('own IDX files', () => {
  it('are refused where they unpack to far more than images could', async () => {
    await writeIdx();
    const member = gzipSync(Buffer.alloc(16 * 2 ** 20));
    await write('t10k-images.idx3-ubyte.gz', Buffer.concat([member, member, member, member, member]));
    await expect(loadIdx()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('keep their split; held-out images come from the training part', async () => {
    await writeIdx();
    const dataset = await loadIdx();
    expect([dataset.train.count, dataset.heldOut.count, dataset.test.count]).toEqual([32, 8, 10]);
    const [test] = await fixedBatches(dataset.test, { batchSize: 10 });
    expect(new Set(test!.images).size).toBe(1);
    const [heldOut] = await fixedBatches(dataset.heldOut, { batchSize: 8 });
    expect([...heldOut!.labels].sort()).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });

  it('are refused by a network for other images', async () => {
    await writeIdx();
    await expect(loadIdx({ ...idxNetwork, imageSize: 28 })).rejects.toMatchObject({
      violations: [{ field: 'network.imageSize', description: 'got 28; the data set has 12' }],
    });
  });

  it('are named when missing, cut or no gzip', async () => {
    await expect(loadIdx()).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'dataset.path' });
    await writeIdx();
    await write('t10k-labels.idx1-ubyte.gz', Buffer.from('no gzip'));
    await expect(loadIdx()).rejects.toThrow(/t10k-labels.idx1-ubyte.gz: expected a file that can be read/);
    await truncate(path.join(folder, 'train-images-idx3-ubyte'), 5000);
    await expect(loadIdx()).rejects.toThrow(/train-images-idx3-ubyte: expected 5776 bytes .* found 5000/);
  });
});

describe('own CIFAR-10 batches', () => {
  const batch = (images: number) =>
    Buffer.concat(
      cycling(images, 10).map((label) => Buffer.concat([Buffer.of(label), Buffer.alloc(3072, label)])),
    );
  const network = { imageSize: 32, imageChannels: 3, classes: 10 };

  it('are found in the folder that the archive makes', async () => {
    await mkdir(path.join(folder, 'cifar-10-batches-bin'));
    for (const name of [
      'data_batch_1',
      'data_batch_2',
      'data_batch_3',
      'data_batch_4',
      'data_batch_5',
      'test_batch',
    ]) {
      await write(path.join('cifar-10-batches-bin', `${name}.bin`), batch(20));
    }
    const dataset = await loadDataset({ kind: 'cifar10', path: folder, train: 50, heldOut: 20 }, { network });
    expect([dataset.train.count, dataset.heldOut.count, dataset.test.count]).toEqual([50, 20, 20]);
    expect(dataset.classes[6]).toBe('frog');
  });

  it('are named when missing', async () => {
    const loading = loadDataset({ kind: 'cifar10', path: folder, heldOut: 20 }, { network });
    await expect(loading).rejects.toThrow(/expected one of data_batch_1.bin/);
  });
});
