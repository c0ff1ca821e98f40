import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { loadDataset } from '@nse/data';
import { readSafetensors, writeSafetensors } from '@nse/safetensors';
import { mutated } from './mutations.js';
import { readOrRefuse, readOrRefuseLater } from './named.js';
import { fuzzing } from './settings.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nse-fuzz-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Reads a split of the data set that is in the folder, images too. */
async function load(
  kind: 'mnist' | 'cifar10' | 'folder',
  imageSize: number,
  imageChannels: number,
): Promise<void> {
  const settings = { kind, path: folder, heldOut: 10, train: 10 };
  const classes = kind === 'folder' ? 2 : 10;
  const { train } = await loadDataset(settings, { network: { imageSize, imageChannels, classes } });
  await train.read(Int32Array.of(0));
}

function idx(dimensions: readonly number[], body: Buffer): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x800 + dimensions.length);
  dimensions.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
  return Buffer.concat([header, body]);
}

const labels = (count: number) => Buffer.from(Array.from({ length: count }, (_, index) => index % 10));
const idxFiles = {
  'train-images-idx3-ubyte': idx([40, 28, 28], Buffer.alloc(40 * 784, 7)),
  'train-labels-idx1-ubyte': idx([40], labels(40)),
  't10k-images-idx3-ubyte': idx([20, 28, 28], Buffer.alloc(20 * 784, 7)),
  't10k-labels-idx1-ubyte': idx([20], labels(20)),
};

function write(files: Readonly<Record<string, Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

describe('a data set', () => {
  test('of IDX files, one of them damaged, is read or refused by name', async () => {
    write(idxFiles);
    expect(await readOrRefuseLater(() => load('mnist', 28, 1))).toBe('read');
    const names = Object.keys(idxFiles) as (keyof typeof idxFiles)[];
    const damaged = fc
      .constantFrom(...names)
      .chain((name) => mutated(fc.constant(idxFiles[name])).map((content) => ({ name, content })));
    await fc.assert(
      fc.asyncProperty(damaged, async ({ name, content }) => {
        write({ ...idxFiles, [name]: content });
        await readOrRefuseLater(() => load('mnist', 28, 1));
      }),
      fuzzing(150),
    );
  });

  test('whose headers lie about sizes takes no memory for what is not there', async () => {
    const before = process.memoryUsage().rss;
    for (const lie of [
      idx([0xffff_ffff, 28, 28], Buffer.alloc(784)),
      idx([1, 0xffff_ffff, 0xffff_ffff], Buffer.alloc(784)),
      idx([0xffff_ffff, 0xffff_ffff, 0xffff_ffff], Buffer.alloc(0)),
    ]) {
      write({ ...idxFiles, 'train-images-idx3-ubyte': lie });
      expect(await readOrRefuseLater(() => load('mnist', 28, 1))).toBe('refused');
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });

  test('packed so that it would fill the memory is refused', async () => {
    const { 'train-images-idx3-ubyte': images, ...others } = idxFiles;
    expect(images.length).toBeGreaterThan(0);
    // Two GiB of zeros.
    const member = gzipSync(Buffer.alloc(64 * 2 ** 20));
    write({
      ...others,
      'train-images-idx3-ubyte.gz': Buffer.concat(Array.from({ length: 32 }, () => member)),
    });
    const before = process.memoryUsage().rss;
    expect(await readOrRefuseLater(() => load('mnist', 28, 1))).toBe('refused');
    expect(process.memoryUsage().rss - before).toBeLessThan(700 * 2 ** 20);
  });

  test('of damaged gzip is refused by name', async () => {
    const { 'train-images-idx3-ubyte': images, ...others } = idxFiles;
    await fc.assert(
      fc.asyncProperty(mutated(fc.constant(gzipSync(images))), async (content) => {
        write({ ...others, 'train-images-idx3-ubyte.gz': content });
        await readOrRefuseLater(() => load('mnist', 28, 1));
      }),
      fuzzing(60),
    );
  });

  test('of CIFAR-10 batches, one of them damaged, is read or refused by name', async () => {
    const record = (label: number) => Buffer.concat([Buffer.from([label]), Buffer.alloc(3 * 1024, 9)]);
    const batch = Buffer.concat(Array.from({ length: 20 }, (_, index) => record(index % 10)));
    const names = ['test_batch.bin', ...[1, 2, 3, 4, 5].map((part) => `data_batch_${part}.bin`)];
    write(Object.fromEntries(names.map((name) => [name, batch])));
    expect(await readOrRefuseLater(() => load('cifar10', 32, 3))).toBe('read');
    await fc.assert(
      fc.asyncProperty(mutated(fc.constant(batch)), async (content) => {
        write({ 'data_batch_3.bin': content });
        await readOrRefuseLater(() => load('cifar10', 32, 3));
      }),
      fuzzing(60),
    );
  });

  test('of images, all of them damaged, is read or refused by name', async () => {
    for (const part of ['train', 'val'])
      for (const name of ['a', 'b']) mkdirSync(join(folder, part, name), { recursive: true });
    const places = ['train/a', 'train/b', 'val/a', 'val/b'];
    const fill = (content: Uint8Array) => {
      for (const place of places)
        for (let index = 0; index < 10; index++) writeFileSync(join(folder, place, `${index}.png`), content);
    };
    fill(png(8, 8));
    expect(await readOrRefuseLater(() => load('folder', 8, 3))).toBe('read');
    const liar = png(8, 8);
    // 100,000 x 100,000 pixels, says the header.
    liar.writeUInt32BE(100_000, 16);
    liar.writeUInt32BE(100_000, 20);
    const before = process.memoryUsage().rss;
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated(fc.constant(png(8, 8))), fc.constant(liar)), async (content) => {
        fill(content);
        await readOrRefuseLater(() => load('folder', 8, 3));
      }),
      fuzzing(40),
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(500 * 2 ** 20);
  });
});

/** The smallest sound PNG: one grey pixel, made larger by its header where that is asked for. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + 3 * width), 0);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('a safetensors file', () => {
  const sound = () =>
    writeSafetensors(
      new Map([
        ['a', { shape: [2, 3], data: new Float32Array(6) }],
        ['__proto__', { shape: [4], data: new Int32Array(4) }],
      ]),
      { step: '3' },
    );

  test('that is damaged, or any bytes, is read or refused by name', () => {
    expect(readOrRefuse(() => readSafetensors(sound()))).toBe('read');
    const bytes = fc.oneof(
      mutated(fc.constant(Buffer.from(sound())), 0.9),
      fc.uint8Array({ maxLength: 200 }),
    );
    fc.assert(
      fc.property(bytes, (content) => {
        readOrRefuse(() => readSafetensors(content));
      }),
      fuzzing(3_000),
    );
  });

  test('with any header is read or refused by name', () => {
    const entry = fc.record(
      {
        dtype: fc.oneof(fc.constantFrom('F32', 'I32', 'F64', 'BOOL'), fc.anything()),
        shape: fc.oneof(
          fc.array(fc.oneof(fc.nat(4), fc.constantFrom(-1, 0.5, 2 ** 53, 1e308))),
          fc.anything(),
        ),
        data_offsets: fc.oneof(fc.tuple(fc.nat(64), fc.nat(64)), fc.constant([0, 2 ** 53]), fc.anything()),
      },
      { requiredKeys: [] },
    );
    const header = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', '__metadata__')),
      fc.oneof(entry, fc.jsonValue()),
    );
    fc.assert(
      fc.property(header, fc.nat(64), (described, dataBytes) => {
        const text = Buffer.from(JSON.stringify(described));
        const length = Buffer.alloc(8);
        length.writeBigUInt64LE(BigInt(text.length));
        readOrRefuse(() => readSafetensors(Buffer.concat([length, text, Buffer.alloc(dataBytes)])));
      }),
      fuzzing(1_000),
    );
  });
});
