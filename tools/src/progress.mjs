import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';

const REMINDER_MS = 20_000;

/**
 * Writes a line for the user. Standard output belongs to the command that is run.
 *
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`nse: ${line}\n`);
}

/**
 * Runs a piece of work between two lines: that it begins, and how long it took.
 *
 * @param {string} title
 * @param {() => Promise<void>} work
 */
export async function step(title, work) {
  const begin = performance.now();
  const elapsed = () => `${((performance.now() - begin) / 1000).toFixed(1)} s`;
  say(`${title} ...`);
  const reminder = setInterval(() => say(`${title} ... (${elapsed()})`), REMINDER_MS);
  try {
    await work();
  } finally {
    clearInterval(reminder);
  }
  say(`${title}: done in ${elapsed()}`);
}
