import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '../local/folder-lock.js';
import { nse } from '../testing/command.js';
import { saveOptions } from './demo-options.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nse-resume-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const resume = (...args: string[]) => nse(['search', 'resume', ...args]);

describe('nse search resume, where no system runs', () => {
  it('says so where there is no state to go on from', async () => {
    expect(await resume('first', '--state', join(folder, 'none'))).toMatchObject({ code: 3, stdout: '' });
  });

  it('needs a search or the folder of a demo', async () => {
    expect(await resume()).toMatchObject({ code: 2, stderr: expect.stringContaining('--out') as string });
  });

  it('says so of a demo that is finished, and of a folder without one', async () => {
    expect(await resume('--out', folder)).toMatchObject({ code: 3 });
    writeFileSync(join(folder, 'report.html'), '');
    const { code, stderr } = await resume('--out', folder);
    expect([code, stderr]).toEqual([6, expect.stringContaining('report.html')]);
  });

  it("refuses another id than that of the demo's search", async () => {
    await saveOptions(join(folder, 'state'), { quick: true });
    expect(await resume('other', '--out', folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('fashion-mnist-quick') as string,
    });
  });
});

describe('a state folder that is in use', () => {
  it('is refused to nse up, and to a demo and its resumption', async () => {
    const stateDir = join(folder, 'state');
    mkdirSync(stateDir);
    await saveOptions(stateDir, { quick: true });
    const lock = await lockFolder(stateDir);
    const inUse = { code: 6, stderr: expect.stringContaining(`${stateDir} is in use`) as string };
    expect(await nse(['up', '--state', stateDir])).toMatchObject({ ...inUse, stdout: '' });
    expect(await nse(['demo', '--quick', '--out', folder])).toMatchObject(inUse);
    expect(await resume('--out', folder)).toMatchObject(inUse);
    lock.release();
  });
});
