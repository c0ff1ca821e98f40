import { spawn } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';

/** An exclusive lock on a folder. */
export interface FolderLock {
  /** The open file that the lock belongs to: a child that keeps it open holds the lock, too. */
  readonly descriptor: number;
  release(): void;
}

/** The `reason` of the error that says: another process has the folder. */
export const IN_USE = 'InUse';

// Node cannot lock files. A file lock belongs to the open file, which Python shares with us, so it outlives Python.
const TAKE = `
import fcntl, sys
try:
    fcntl.flock(3, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    sys.exit(75)
`;
const BUSY = 75;

/** How long what a killed owner left running may take to end. */
const ORPHANS_END_WITHIN_MS = 20_000;
const RETRY_MS = 100;

/**
 * Locks a folder, made where missing, against other processes. The system releases the lock when this process and all that
 * hold its file have ended, however they end. Where the owner was killed, waits for what it left running. Raises
 * FAILED_PRECONDITION with the reason `InUse` where a living process has the lock.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'lock');
  const descriptor = openSync(file, 'a+');
  try {
    const begin = Date.now();
    while (!(await taken(descriptor, file))) {
      const owner = Number.parseInt(readFileSync(file, 'utf8'), 10);
      if (isAlive(owner) || Date.now() - begin > ORPHANS_END_WITHIN_MS) throw inUse(folder, owner);
      await delay(RETRY_MS);
    }
    ftruncateSync(descriptor);
    writeSync(descriptor, `${process.pid}\n`);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  let open = true;
  const release = () => {
    if (open) closeSync(descriptor);
    open = false;
  };
  return { descriptor, release };
}

/** Whether the lock is ours now. */
function taken(descriptor: number, file: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const python = spawn('python3', ['-c', TAKE], { stdio: ['ignore', 'ignore', 'pipe', descriptor] });
    let said = '';
    python.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    python.on('error', (cause) => {
      reject(new NseError('INTERNAL', `python3, which locks ${file}, does not start`, { cause }));
    });
    python.on('close', (code) => {
      if (code === 0 || code === BUSY) resolve(code === 0);
      else reject(new NseError('INTERNAL', `${file} could not be locked: ${said.trim().split('\n').at(-1)}`));
    });
  });
}

function isAlive(pid: number): boolean {
  // An owner that has not written its number yet has only just begun.
  if (!Number.isInteger(pid)) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, but another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function inUse(folder: string, owner: number): NseError {
  const who = Number.isInteger(owner) ? ` (process ${owner})` : '';
  const message = `${folder} is in use by another ./nse${who}; stop that one first`;
  return new NseError('FAILED_PRECONDITION', message, { reason: IN_USE });
}
