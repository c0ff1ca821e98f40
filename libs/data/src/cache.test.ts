import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { defaultCacheDir, writeWhole } from './cache.js';

describe('defaultCacheDir', () => {
  it.each([
    ['NSE_CACHE first', { NSE_CACHE: '/big', XDG_CACHE_HOME: '/xdg' }, '/big'],
    ["the user's cache folder next", { XDG_CACHE_HOME: '/xdg' }, '/xdg/nse'],
    ['the home folder for a relative one', { XDG_CACHE_HOME: 'xdg' }, path.join(homedir(), '.cache/nse')],
    ['the home folder last', {}, path.join(homedir(), '.cache/nse')],
  ])('takes %s', (_, env, folder) => {
    expect(defaultCacheDir(env)).toBe(folder);
  });
});

describe('writeWhole', () => {
  it('lets one of several writers win, whole, and leaves nothing else', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'nse-write-'));
    try {
      const file = path.join(folder, 'sub', 'file');
      const contents = ['a', 'b', 'c'].map((letter) => letter.repeat(100_000));
      await Promise.all(contents.map((content) => writeWhole(file, [Buffer.from(content)])));
      expect(contents).toContain(await readFile(file, 'utf8'));
      expect(await readdir(path.dirname(file))).toEqual(['file']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
