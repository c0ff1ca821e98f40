import { mkdir, mkdtemp, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { batches, fixedBatches } from './batches.js';
import { type Dataset } from './dataset.js';
import { loadDataset } from './load.js';
import { normalisations } from './normalise.js';

const colours = { blue: [0, 0, 255], green: [0, 255, 0], red: [255, 0, 0] } as const;
const network = { imageSize: 16, imageChannels: 3, classes: 3 };

let root: string;

/** Twelve training and four test images a class, JPEG and PNG, of several shapes, filled with the class's colour. */
async function writeImages(): Promise<void> {
  for (const [part, count] of [
    ['train', 12],
    ['val', 4],
  ] as const) {
    for (const [name, [r, g, b]] of Object.entries(colours)) {
      const folder = path.join(root, part, name);
      await mkdir(folder, { recursive: true });
      for (let image = 0; image < count; image++) {
        const shape = { width: 20 + 3 * image, height: 24, channels: 3, background: { r, g, b } } as const;
        await sharp({ create: shape }).toFile(path.join(folder, `${image}.${image % 2 ? 'png' : 'jpg'}`));
      }
    }
  }
}

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'nse-folder-'));
  await writeImages();
});
afterEach(() => rm(root, { recursive: true, force: true }));

const load = (): Promise<Dataset> => loadDataset({ kind: 'folder', path: root, heldOut: 6 }, { network });

describe('an image folder', () => {
  it('is split three ways, each class in proportion', async () => {
    const dataset = await load();
    expect(dataset.classes).toEqual(['blue', 'green', 'red']);
    expect([dataset.train.count, dataset.heldOut.count, dataset.test.count]).toEqual([30, 6, 12]);
    const [heldOut] = await fixedBatches(dataset.heldOut, { batchSize: 6 });
    expect([...heldOut!.labels].sort()).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('gives images whose colours are those of their labels', async () => {
    const { test, classes } = await load();
    const { mean, deviation } = normalisations.folder;
    for (const { images, labels, count } of await fixedBatches(test, { batchSize: 5 })) {
      expect(images.length).toBe(count * 16 * 16 * 3);
      for (let place = 0; place < count; place++) {
        const colour = colours[classes[labels[place]!] as keyof typeof colours];
        for (let channel = 0; channel < 3; channel++) {
          const value = images[place * 768 + 300 + channel]! * deviation[channel]! + mean[channel]!;
          expect(Math.abs(255 * value - colour[channel]!)).toBeLessThan(3);
        }
      }
    }
  });

  it.each(['none', 'shift-flip', 'imagenet'] as const)(
    'repeats its batches bit by bit with %s',
    async (augment) => {
      const { train } = await load();
      const settings = { batchSize: 20, seed: 1, counters: ['test'], augment };
      const once = await batches(train, settings).at(3);
      const again = await batches(train, settings).at(3);
      expect(Buffer.from(again.images.buffer).equals(Buffer.from(once.images.buffer))).toBe(true);
      expect(again.labels).toEqual(once.labels);
    },
  );

  it('varies its images with imagenet from step to step', async () => {
    const { train } = await load();
    const source = batches(train, { batchSize: 30, seed: 1, counters: ['test'], augment: 'imagenet' });
    const sum = (images: Float32Array) => images.reduce((total, value) => total + value, 0);
    expect(sum((await source.at(0)).images)).not.toBe(sum((await source.at(1)).images));
  });

  it('names a file that is cut or no image when it is read', async () => {
    const file = path.join(root, 'val', 'red', '0.jpg');
    await truncate(file, (await stat(file)).size - 10);
    await expect(fixedBatches((await load()).test, { batchSize: 12 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(`${file}: expected a whole JPEG, PNG or WebP image, found`) as string,
    });
    await writeFile(file, 'no image');
    await expect(fixedBatches((await load()).test, { batchSize: 12 })).rejects.toThrow(file);
  });

  it.each([
    [
      'a class is missing in val',
      'INVALID_ARGUMENT',
      /the same classes in train and val, found red in one/,
      () => rename(path.join(root, 'val', 'red'), path.join(root, 'red')),
    ],
    [
      'a class has no images',
      'INVALID_ARGUMENT',
      /green: expected JPEG, PNG or WebP images, found none/,
      async () => {
        await rm(path.join(root, 'train', 'green'), { recursive: true });
        await mkdir(path.join(root, 'train', 'green'));
      },
    ],
    [
      'there is another number of classes',
      'INVALID_ARGUMENT',
      /expected 3 classes, found 4/,
      async () => {
        for (const part of ['train', 'val']) await mkdir(path.join(root, part, 'white'));
      },
    ],
    [
      'there is no val',
      'NOT_FOUND',
      /val: expected a folder/,
      () => rm(path.join(root, 'val'), { recursive: true }),
    ],
  ])('is refused when %s', async (_, code, message, spoil) => {
    await spoil();
    await expect(load()).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('is refused when more is held out than there is', async () => {
    const settings = { kind: 'folder', path: root, heldOut: 37 } as const;
    await expect(loadDataset(settings, { network })).rejects.toThrow('there are 36');
  });

  it('is refused for a grey network', async () => {
    const settings = { kind: 'folder', path: root, heldOut: 6 } as const;
    const grey = { ...network, imageChannels: 1 };
    await expect(loadDataset(settings, { network: grey })).rejects.toThrow('network.imageChannels: got 1');
  });
});
