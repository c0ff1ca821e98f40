import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arm } from '@nse/telemetry';
import { gather } from './evidence.js';
import { signal } from './processes.js';
import { specWith } from './specs.js';
import { FaultySystem, waitFor } from './system.js';
import { violationsOf } from './validators.js';

const LONG = 600_000;
const patient = { waitForReady: true, deadlineMs: 60_000 };
/** Room for a line of state, not for a checkpoint. */
const LEFT_BYTES = 64 * 1024;

/** A file system of 96 MB, where we may mount one. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'nse-faults-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    // Only root may, and not in every container.
    rmdirSync(folder);
    return undefined;
  }
}

const disk = smallDisk();

afterAll(() => {
  if (disk === undefined) return;
  execFileSync('umount', [disk]);
  rmdirSync(disk);
});

describe('a search whose disk is full', () => {
  const title =
    'fails with that reason, keeps its rounds, and goes on when there is room and NATS was started anew';
  if (disk === undefined) {
    it.skip(`${title} (skipped: no file system can be mounted here)`, () => undefined);
    return;
  }
  it(title, async () => {
    const spec = specWith({});
    const system = await FaultySystem.start({ folder: join(disk, 'state') });
    try {
      await system.create('roomy', spec);
      expect(await system.until('roomy', 'SUCCEEDED', LONG)).toBe('SUCCEEDED');
      const undisturbed = await gather(system.bus, system.nats, 'roomy');
      await system.create('full', spec);
      await system.event('full', 'round.completed', LONG);
      const stop = {
        program: 'supernet-trainer-worker',
        point: 'checkpoint.before',
        action: 'stop',
      } as const;
      const file = arm(system.failpoints, stop);
      expect(await waitFor(() => !existsSync(file), LONG)).toBe(true);
      const filler = join(disk, 'filler');
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - LEFT_BYTES)));
      for (const { pid } of system.workers()) signal(pid, 'SIGCONT');
      expect(await system.until('full', 'FAILED', LONG)).toBe('FAILED');
      const { failure } = await system.state('full');
      expect(failure).toMatchObject({ reason: expect.stringContaining('no space left on device') as string });
      const { rounds } = await system.spaceManager.listRounds({ search: 'full' }, patient);
      expect(rounds.map(({ round }) => round)).toEqual([1]);
      rmSync(filler);
      // The server refuses writes to a stream that it once failed to write, until it reads the files anew.
      const server = system.processes().find(({ command }) => /^\S*nats-server -c/.test(command));
      expect(signal(server!.pid, 'SIGKILL')).toBe(true);
      await system.spaceManager.resumeSearch({ search: 'full' }, patient);
      expect(await system.until('full', 'SUCCEEDED', LONG)).toBe('SUCCEEDED');
      expect(violationsOf(await gather(system.bus, system.nats, 'full'), undisturbed)).toEqual([]);
    } finally {
      await system.stop();
    }
  });
});
