import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { Problem } from './problem.mjs';

// Node cannot lock files. A file lock belongs to the open file, which Python shares with us, so it outlives Python.
const TAKE = `
import fcntl
try:
    fcntl.flock(3, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("busy", flush=True)
    fcntl.flock(3, fcntl.LOCK_EX)
`;

/**
 * Takes an exclusive lock, waiting while another process has it. The system releases it when this process and all that
 * inherited the file have ended, however they end; so there are no stale locks, and no set-up begins while a command of a
 * killed one still runs.
 *
 * @param {string} file made when missing
 * @param {() => void} onWait called once when another process has the lock
 * @returns {Promise<number>} the open file
 * @throws {Problem} when the file system has no locks
 */
export function lock(file, onWait) {
  mkdirSync(path.dirname(file), { recursive: true });
  const descriptor = openSync(file, 'a');
  return new Promise((resolve, reject) => {
    const python = spawn('python3', ['-c', TAKE], { stdio: ['ignore', 'pipe', 'inherit', descriptor] });
    python.stdout?.once('data', onWait);
    python.on('error', (error) => reject(new Problem(`python3 could not be started: ${error.message}`)));
    python.on('close', (code) => {
      if (code === 0) resolve(descriptor);
      else reject(new Problem(`${file} could not be locked.`, 'The file system must support locks (flock).'));
    });
  });
}
