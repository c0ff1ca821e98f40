import { spawn } from 'node:child_process';
import { Problem } from './problem.mjs';

const KEPT_OUTPUT = 4000;

/**
 * Runs a set-up command and waits for it.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, hold?: number[], advice?: string }} [options] `hold`: lock files that the
 *   command inherits, so that the locks stay taken for as long as it runs, even when this process is killed.
 * @returns {Promise<string>} its standard output
 * @throws {Problem} when it cannot start or exits with an error: the command and the end of its output
 */
export function command(program, args, { cwd, env, hold = [], advice } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe', ...hold] });
    let out = '';
    let tail = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
      tail = (tail + text).slice(-KEPT_OUTPUT);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      tail = (tail + text).slice(-KEPT_OUTPUT);
    });
    child.on('error', (error) =>
      reject(new Problem(`${program} could not be started: ${error.message}`, advice)),
    );
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(out);
      const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
      reject(new Problem(`${[program, ...args].join(' ')}\n${how}:\n${tail.trim()}`, advice));
    });
  });
}
