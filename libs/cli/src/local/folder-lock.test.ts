import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from './folder-lock.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nse-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Another process that locks the folder, and with `child` hands the lock to a `sleep` as well. Its first line: that one's id. */
async function other(child = false): Promise<{ process: ChildProcess; sleeper: number }> {
  const module = join(__dirname, '../../dist/local/folder-lock.js');
  const code = `
    require(${JSON.stringify(module)}).lockFolder(${JSON.stringify(folder)}).then(({ descriptor }) => {
      const sleep = ${child} && require('node:child_process').spawn('sleep', ['300'], {
        stdio: ['ignore', 'ignore', 'ignore', descriptor], detached: true });
      console.log(sleep ? sleep.pid : 0);
      setInterval(() => undefined, 1000);
    });`;
  const process_ = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(process_.stdout, 'data')) as [Buffer];
  return { process: process_, sleeper: Number(line.toString()) };
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('the lock of a folder', () => {
  it('keeps others out, says who has it, and lets them in once it is released', async () => {
    const lock = await lockFolder(join(folder, 'new'));
    const again = lockFolder(join(folder, 'new'));
    await expect(again).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'InUse',
      message: expect.stringContaining(`(process ${process.pid})`) as string,
    });
    lock.release();
    lock.release();
    (await lockFolder(join(folder, 'new'))).release();
  });

  it('is not left behind by a process that was killed', async () => {
    const { process: owner } = await other();
    await expect(lockFolder(folder)).rejects.toMatchObject({ reason: 'InUse' });
    await killed(owner);
    (await lockFolder(folder)).release();
  });

  it('is waited for while something runs on that a killed owner started', async () => {
    const { process: owner, sleeper } = await other(true);
    await killed(owner);
    let ended = false;
    const lock = lockFolder(folder).then((mine) => {
      expect(ended).toBe(true);
      mine.release();
    });
    // It finds the lock taken at least once before the sleeper ends.
    await new Promise((resolve) => setTimeout(resolve, 500));
    ended = true;
    process.kill(sleeper);
    await lock;
  });
});
