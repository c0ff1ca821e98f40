import { spawn } from 'node:child_process';
import { Problem } from './problem.mjs';

/** Characters of a failed command's output that are shown, of its beginning and of its end. */
const SHOWN = 2000;

/**
 * Runs a set-up command and waits for it.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {object} options
 * @param {number[]} options.hold lock files that the command inherits, so that the locks stay taken for as long as it runs,
 *   even when this process is killed
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {string} [options.advice] what to do when it fails
 * @returns {Promise<void>}
 * @throws {Problem} when it cannot start or exits with an error: the command and its output, shortened in the middle
 */
export function command(program, args, { hold, cwd, env, advice }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe', ...hold] });
    let begin = '';
    let end = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        end = (end + text.slice(SHOWN - begin.length)).slice(-SHOWN);
        begin += text.slice(0, SHOWN - begin.length);
      });
    }
    child.on('error', (error) =>
      reject(new Problem(`${program} could not be started: ${error.message}`, advice)),
    );
    child.on('close', (code, signal) => {
      if (code === 0) return resolve();
      const shown = [begin, end].join(end.length === SHOWN ? '\n...\n' : '').trim();
      const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
      reject(new Problem(`${[program, ...args].join(' ')}\n${how}:\n${shown}`, advice));
    });
  });
}
